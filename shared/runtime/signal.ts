import { type Clock, systemClock } from './clock';

/**
 * Lets loops sleep until there may be work. A notification wakes all waiters. Without a waiter it ends the next wait, so
 * that no notification between a check for work and the wait is lost. A waiter checks for work after every wait.
 */
export class Signal {
  private isPending = false;
  private readonly waiters = new Set<() => void>();

  notify(): void {
    if (this.waiters.size === 0) this.isPending = true;
    else for (const wake of [...this.waiters]) wake();
  }

  /** Drops a pending notification; for a waiter that has just checked and found no work. */
  reset(): void {
    this.isPending = false;
  }

  /** Resolves at a notification, after `msMax`, or when the abort signal fires. */
  async wait(msMax: number, clock: Clock = systemClock, signal?: AbortSignal): Promise<void> {
    if (!this.isPending && signal?.aborted !== true) {
      const sleep = new AbortController();
      // The default reason of an abort is an Error; its stack trace would cost more than the rest of this call.
      const wake = () => sleep.abort('notified');
      this.waiters.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
      await clock.sleep(msMax, sleep.signal);
      signal?.removeEventListener('abort', wake);
      this.waiters.delete(wake);
    }
    this.isPending = false;
  }
}

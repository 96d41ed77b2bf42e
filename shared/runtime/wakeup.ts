import type { Clock } from './clock';

/** Lets one loop sleep until there may be something to do; a call that comes while it is awake is not lost. */
export class Wakeup {
  private called = false;
  private end: (() => void) | null = null;

  call(): void {
    this.called = true;
    this.end?.();
  }

  /** Resolves after `msMax`, at a call, or when the signal aborts. One waiter at a time. */
  async wait(msMax: number, clock: Clock, signal: AbortSignal): Promise<void> {
    if (!this.called && !signal.aborted) {
      const nap = new AbortController();
      // With a reason of ours: the default one is an error, and its stack costs more than all the rest of a call.
      const end = () => nap.abort('called');
      this.end = end;
      signal.addEventListener('abort', end, { once: true });
      await clock.sleep(msMax, nap.signal);
      signal.removeEventListener('abort', end);
      this.end = null;
    }
    this.called = false;
  }
}

import type { Clock } from '../../shared/runtime/clock';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** A clock that advances only when a test tells it to, so that no test sleeps. */
export class ManualClock implements Clock {
  private nowMs: number;
  private readonly sleepers = new Set<Sleeper>();
  private waiters: (() => void)[] = [];

  constructor(startMs = 0) {
    this.nowMs = startMs;
  }

  /** The number of current sleepers. */
  get sleeping(): number {
    return this.sleepers.size;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  /** Counted from the first millisecond of 2024. */
  wallTime(): string {
    return new Date(Date.UTC(2024, 0, 1) + this.nowMs).toISOString();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { untilMs: this.nowMs + ms, wake };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
      for (const tell of this.waiters.splice(0)) tell();
    });
  }

  /**
   * Advances time. Sleepers wake at their own instants, earliest first. The work of each sleeper, as far as it needs
   * neither I/O nor more time, completes before time advances further.
   */
  async advance(ms: number): Promise<void> {
    const targetMs = this.nowMs + ms;
    await settled();
    for (let next = this.earliest(); next !== null && next.untilMs <= targetMs; next = this.earliest()) {
      this.nowMs = Math.max(this.nowMs, next.untilMs);
      next.wake();
      await settled();
    }
    this.nowMs = targetMs;
  }

  /** Advances time without waking sleepers at their instants, like a paused process or a late timer. */
  jump(ms: number): void {
    this.nowMs += ms;
  }

  /** Resolves once there is a sleeper. For code that does I/O before it sleeps. */
  async untilSleeping(): Promise<void> {
    while (this.sleepers.size === 0) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  private earliest(): Sleeper | null {
    let earliest: Sleeper | null = null;
    for (const sleeper of this.sleepers) {
      if (earliest === null || sleeper.untilMs < earliest.untilMs) earliest = sleeper;
    }
    return earliest;
  }
}

/** Resolves after one macrotask, when all promise callbacks that need no I/O have run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

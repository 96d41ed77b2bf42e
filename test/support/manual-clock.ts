import type { Clock } from '../../shared/runtime/clock';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** A clock that moves only when a test says so, so that an hour takes no time and no test sleeps. */
export class ManualClock implements Clock {
  private nowMs: number;
  private readonly sleepers = new Set<Sleeper>();
  private waiters: (() => void)[] = [];

  constructor(startMs = 0) {
    this.nowMs = startMs;
  }

  /** How many sleep at this moment. */
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
   * Moves time on. Each sleeper wakes at its own instant, earliest first, and what it does then (as far as that needs
   * neither I/O nor more time) is done before time moves further.
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

  /** Moves time without waking anybody on the way: a process that was paused, or a late timer. */
  jump(ms: number): void {
    this.nowMs += ms;
  }

  /** Resolves once somebody sleeps, at once when somebody does. For code that does I/O before it sleeps. */
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

/** A turn of the event loop: every promise that could go on without I/O has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

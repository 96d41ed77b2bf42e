import type { Clock } from '../../shared/runtime/clock';
import type { Dice } from './dice';
import type { Scheduler } from './scheduler';

const EPOCH_MS = Date.UTC(2024, 0, 1);
const HOUR_MS = 3_600_000;

/**
 * A simulated process. All callbacks reach it through `after`. A killed process never receives one again, so its pending
 * awaits never resolve. A frozen process receives its callbacks when it thaws.
 */
export class SimulatedProcess {
  isAlive = true;
  readonly clock: Clock;
  private frozen: (() => void)[] | null = null;
  /** Processes share no clock: each has its own monotonic origin, and its time of day may be changed. */
  private readonly bootedMs: number;
  private wallShiftMs = 0;

  constructor(
    readonly name: string,
    private readonly scheduler: Scheduler,
    private readonly dice: Dice,
  ) {
    this.bootedMs = dice.below(1_000_000);
    this.clock = {
      monotonicMs: () => this.scheduler.nowMs + this.bootedMs,
      wallTime: () => this.wallTime(),
      sleep: (ms, signal) => this.sleep(ms, signal),
    };
  }

  get isFrozen(): boolean {
    return this.frozen !== null;
  }

  /** Schedules a callback in the process after a delay; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void {
    let isCancelled = false;
    const reach = () => {
      if (isCancelled || !this.isAlive) return;
      if (this.frozen !== null) this.frozen.push(reach);
      else run();
    };
    const cancel = this.scheduler.after(delayMs, reach);
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  kill(): void {
    this.isAlive = false;
    this.frozen = null;
  }

  freeze(): void {
    this.frozen ??= [];
  }

  /** Resumes the process; the callbacks of the meantime run at once, in any order. */
  thaw(): void {
    const late = this.dice.shuffled(this.frozen ?? []);
    this.frozen = null;
    for (const reach of late) this.scheduler.after(this.dice.below(3), reach);
  }

  private sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.after(Math.max(0, Math.ceil(ms)), end);
      signal?.addEventListener('abort', end, { once: true });
    });
  }

  private wallTime(): string {
    if (this.dice.chance(0.02)) this.wallShiftMs = this.dice.pick([HOUR_MS, -24 * HOUR_MS, 0]);
    return new Date(EPOCH_MS + this.scheduler.nowMs + this.wallShiftMs).toISOString();
  }
}

import type { Clock } from '../../shared/runtime/clock';
import type { Dice } from './dice';
import type { Scheduler } from './scheduler';

const EPOCH_MS = Date.UTC(2024, 0, 1);
const HOUR_MS = 3_600_000;

/**
 * A process: what is to reach it arrives through `after`. Killed, it is never reached again, so everything that awaits
 * in it awaits for ever, as memory that is gone. Frozen, it is reached when it thaws, however late that is.
 */
export class SimulatedProcess {
  isAlive = true;
  readonly clock: Clock;
  private frozen: (() => void)[] | null = null;
  /** Processes share no clock: each counts from a moment of its own, and somebody may set the time of day. */
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

  /** Lets something happen in the process after a delay; gives back how to call it off. */
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

  /** Goes on: what came meanwhile is noticed at once, in any order. */
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

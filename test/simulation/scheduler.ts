import type { Dice } from './dice';

/** A scheduled callback; the seed draws `tie`, the order of callbacks at one instant. */
interface Due {
  readonly atMs: number;
  readonly tie: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** Owns the time of a simulated world. Callbacks run only inside `step`. */
export class Scheduler {
  nowMs = 0;
  /** Sorted with the earliest last, so that `pop` gives the next one. */
  private readonly due: Due[] = [];

  constructor(private readonly dice: Dice) {}

  /** Schedules a callback after a delay; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void {
    const added: Due = {
      atMs: this.nowMs + delayMs,
      tie: this.dice.below(1_000_000),
      run,
      isCancelled: false,
    };
    let at = this.due.length;
    while (at > 0 && isBefore(this.due[at - 1]!, added)) at--;
    this.due.splice(at, 0, added);
    return () => {
      added.isCancelled = true;
    };
  }

  /** Runs the next callback and all its follow-ups at the same instant. Returns false when none is scheduled. */
  async step(): Promise<boolean> {
    for (let next = this.due.pop(); next !== undefined; next = this.due.pop()) {
      if (next.isCancelled) continue;
      this.nowMs = next.atMs;
      next.run();
      await settled();
      return true;
    }
    return false;
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.tie < other.tie);
}

/** Resolves after one macrotask, when all pending promise callbacks have run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { Dice } from './dice';

/** Something that will happen; what happens at one instant happens in the order of the ties, drawn by the seed. */
interface Due {
  readonly atMs: number;
  readonly tie: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** Owns all time of a simulated world. Nothing in it goes on unless a step lets it. */
export class Scheduler {
  nowMs = 0;
  /** Soonest last, so that the next one is popped. */
  private readonly due: Due[] = [];

  constructor(private readonly dice: Dice) {}

  /** Lets something happen after a delay; gives back how to call it off. */
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

  /** Lets the next thing happen, and everything that follows from it without time passing. False: nothing is left. */
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

/** A turn of the event loop: every promise that could go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';

/** Where the partitions ended, and when that was seen on the monotonic clock. */
export interface SeenEnds {
  readonly ends: readonly number[];
  readonly atMs: number;
}

/** Asks now and then where the log ends, without anybody waiting for the answer; one question is under way at most. */
export class LogEnds {
  /** Null until the first answer. */
  newest: SeenEnds | null = null;
  /** The answer before the newest. */
  before: SeenEnds | null = null;
  private isAsking = false;

  constructor(
    private readonly rowLog: RowLog,
    private readonly clock: Clock,
  ) {}

  ask(): void {
    if (this.isAsking) return;
    this.isAsking = true;
    this.rowLog
      .bounds()
      .then((bounds) => {
        this.before = this.newest;
        this.newest = { ends: bounds.map(({ end }) => end), atMs: this.clock.monotonicMs() };
      })
      // A log that is away is met by those who read it.
      .catch(() => undefined)
      .finally(() => {
        this.isAsking = false;
      });
  }

  /** Messages a second that came between the last two answers; null while there are none. */
  appendedPerSecond(): number | null {
    const { before, newest } = this;
    if (before === null || newest === null || newest.atMs <= before.atMs) return null;
    const appended = sum(newest.ends) - sum(before.ends);
    return Math.max(0, (1_000 * appended) / (newest.atMs - before.atMs));
  }

  /** Messages between the positions and the newest ends; null while those are not known. */
  lag(positions: readonly number[]): number | null {
    if (this.newest === null) return null;
    return sum(this.newest.ends.map((end, p) => Math.max(0, end - (positions[p] ?? 0))));
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

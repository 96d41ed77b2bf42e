import type { RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';

/** The ends of the partitions, and when they were read on the monotonic clock. */
interface SeenEnds {
  /** By partition. */
  readonly ends: ReadonlyMap<number, number>;
  readonly atMs: number;
}

/** Reads the ends of the log in the background, with one call in flight at most. */
export class LogEnds {
  /** Null until the first answer. */
  newest: SeenEnds | null = null;
  /** The answer before the newest one. */
  previous: SeenEnds | null = null;
  private isReading = false;

  constructor(
    private readonly rowLog: RowLog,
    private readonly clock: Clock,
  ) {}

  refresh(): void {
    if (this.isReading) return;
    this.isReading = true;
    this.rowLog
      .bounds()
      .then((bounds) => {
        this.previous = this.newest;
        this.newest = {
          ends: new Map(bounds.map(({ partition, end }) => [partition, end])),
          atMs: this.clock.monotonicMs(),
        };
      })
      // The reader of the log reports that the log is away.
      .catch(() => undefined)
      .finally(() => {
        this.isReading = false;
      });
  }

  /** Messages a second that were appended between the last two answers; null before the second answer. */
  appendedPerSecond(): number | null {
    const { previous, newest } = this;
    if (previous === null || newest === null || newest.atMs <= previous.atMs) return null;
    const appended = sum(newest.ends.values()) - sum(previous.ends.values());
    return Math.max(0, (1_000 * appended) / (newest.atMs - previous.atMs));
  }

  /** Messages between the positions, by partition, and the newest ends; null before the first answer. */
  lag(positions: ReadonlyMap<number, number>): number | null {
    if (this.newest === null) return null;
    const { ends } = this.newest;
    return sum([...ends].map(([partition, end]) => Math.max(0, end - (positions.get(partition) ?? 0))));
  }
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

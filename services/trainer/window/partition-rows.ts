import { isHeldOut } from '../../../shared/evaluation/holdout';
import { ChunkedRows } from './chunked-rows';

/**
 * The accepted rows of one partition in (offset, line) order: first those of the window, then those that were read
 * but not cut yet. One store for both, so that a cut moves an index and copies nothing.
 *
 * Index i runs from 0 to `rows.rowCount`; what `dropBelow` forgets moves every index down.
 */
export class PartitionRows {
  readonly partition: number;
  readonly rows: ChunkedRows;
  private labelled = 0;

  constructor(partition: number, featureCount: number, chunkRows?: number) {
    this.partition = partition;
    this.rows = new ChunkedRows(featureCount, chunkRows);
  }

  /** Gives the rows that were just read into `rows` their message's offset and their side of the holdout. */
  label(offset: number, holdoutShare: number): void {
    const { rows, partition } = this;
    for (let i = this.labelled; i < rows.rowCount; i++) {
      rows.label(i, offset, isHeldOut(partition, offset, rows.lineOf(i), holdoutShare));
    }
    this.labelled = rows.rowCount;
  }

  /** Index of the first row at or above an offset. */
  firstAt(offset: number): number {
    let low = 0;
    let high = this.rows.rowCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.rows.offsetOf(middle) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Where a window of at most `quota` rows begins when it ends before row `end`: the lowest offset f such that at
   * most `quota` rows are at f or above, or the offset of the last message that holds rows when it alone has more.
   * Never below `from`, where the window begins now.
   */
  windowStart(from: number, end: number, quota: number): number {
    if (end <= quota) return from;
    const excluded = this.rows.offsetOf(end - quota - 1);
    const last = this.rows.offsetOf(end - 1);
    return Math.max(from, excluded === last ? last : excluded + 1);
  }

  /** Forgets rows below an offset, as far as whole chunks of them do; gives how many went. */
  dropBelow(offset: number): number {
    const dropped = this.rows.dropWithin(this.firstAt(offset));
    this.labelled = this.rows.rowCount;
    return dropped;
  }
}

import { isHeldOut } from '../../../shared/evaluation/holdout';
import { ChunkedRows } from './chunked-rows';

/**
 * The accepted rows of one partition in (offset, line) order: first the rows of the window, then the pending rows that
 * no cut has taken yet. Both are in one store, so a cut moves an index and copies nothing.
 *
 * Row indices run from 0 to `rows.rowCount`; `dropBelow` moves every index down by the number of dropped rows.
 */
export class PartitionRows {
  readonly partition: number;
  readonly rows: ChunkedRows;
  private labelled = 0;

  constructor(partition: number, featureCount: number, chunkRows?: number) {
    this.partition = partition;
    this.rows = new ChunkedRows(featureCount, chunkRows);
  }

  /** Gives the rows that were added since the last call their message's offset and their side of the holdout. */
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
   * The first offset of a window that ends before row `end`: the lowest offset f with at most `quota` rows at f or
   * above. When the last message with rows has more than `quota` of them, the window is that message. The result is
   * never below `from`, the first offset of the window so far.
   */
  windowStart(from: number, end: number, quota: number): number {
    if (end <= quota) return from;
    const excluded = this.rows.offsetOf(end - quota - 1);
    const last = this.rows.offsetOf(end - 1);
    return Math.max(from, excluded === last ? last : excluded + 1);
  }

  /** Drops the whole chunks of rows below an offset; gives the number of dropped rows. */
  dropBelow(offset: number): number {
    const dropped = this.rows.dropWithin(this.firstAt(offset));
    this.labelled = this.rows.rowCount;
    return dropped;
  }
}

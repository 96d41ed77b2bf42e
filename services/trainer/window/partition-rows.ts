import { isHeldOut } from '../../../shared/evaluation/holdout';
import { RowColumns } from '../../../shared/row/row-columns';

/**
 * The accepted rows of one partition in (offset, line) order: first those of the window, then those that were read
 * but not cut yet. One store for both, so that a cut moves an index and copies nothing.
 *
 * Index i runs from 0 to `rows.rowCount`; what `dropBelow` forgets moves every index down.
 */
export class PartitionRows {
  readonly partition: number;
  readonly rows: RowColumns;
  /** Offset of the message that row i came from. */
  offsets: Float64Array;
  /** 1 for a row that no version is ever fitted on. */
  heldOut: Uint8Array;
  private labelled = 0;

  constructor(partition: number, featureCount: number) {
    this.partition = partition;
    this.rows = new RowColumns(featureCount);
    this.offsets = new Float64Array(this.rows.classes.length);
    this.heldOut = new Uint8Array(this.rows.classes.length);
  }

  /** Gives the rows that were just read into `rows` their message's offset and their side of the holdout. */
  label(offset: number, holdoutShare: number): void {
    const { rows, partition } = this;
    if (this.offsets.length < rows.classes.length) {
      this.offsets = grown(this.offsets, new Float64Array(rows.classes.length));
      this.heldOut = grown(this.heldOut, new Uint8Array(rows.classes.length));
    }
    for (let i = this.labelled; i < rows.rowCount; i++) {
      this.offsets[i] = offset;
      this.heldOut[i] = isHeldOut(partition, offset, rows.lines[i]!, holdoutShare) ? 1 : 0;
    }
    this.labelled = rows.rowCount;
  }

  /** Index of the first row at or above an offset. */
  firstAt(offset: number): number {
    let low = 0;
    let high = this.rows.rowCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.offsets[middle]! < offset) low = middle + 1;
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
    const excluded = this.offsets[end - quota - 1]!;
    const last = this.offsets[end - 1]!;
    return Math.max(from, excluded === last ? last : excluded + 1);
  }

  /**
   * Forgets the rows below an offset, once they are many enough to be worth the move; gives how many went. An eighth of
   * all keeps the moves of a row below eight on its way through, also while a long backlog waits behind the window.
   */
  dropBelow(offset: number): number {
    const dropped = this.firstAt(offset);
    if (dropped < this.rows.rowCount / 2 && dropped < Math.max(1_024, this.rows.rowCount / 8)) return 0;
    this.offsets.copyWithin(0, dropped, this.rows.rowCount);
    this.heldOut.copyWithin(0, dropped, this.rows.rowCount);
    this.rows.dropFirst(dropped);
    this.labelled = this.rows.rowCount;
    return dropped;
  }
}

function grown<T extends Float64Array | Uint8Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

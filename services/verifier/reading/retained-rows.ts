import type { MessageReader, OnRejected } from '../../../shared/row/message-reader';
import { RowColumns } from '../../../shared/row/row-columns';
import type { RawMessage } from '../deep-source';

/** The rows [from, to) of a partition, as indices into its retained rows. */
export interface RowSpan {
  readonly rows: RetainedRows;
  readonly from: number;
  readonly to: number;
}

const CAPACITY_INITIAL = 256;

/**
 * The accepted rows of one partition that a version may still need, in (offset, line) order, with the offset and the
 * timestamp of the message of each row. Rows below `retainedFrom` are dropped, so memory holds about one window.
 */
export class RetainedRows {
  readonly partition: number;
  readonly columns: RowColumns;
  /** Rows of messages below this offset are not held. */
  retainedFrom = 0;
  private offsets = new Float64Array(CAPACITY_INITIAL);
  private timestampsMs = new Float64Array(CAPACITY_INITIAL);

  constructor(partition: number, featureCount: number) {
    this.partition = partition;
    this.columns = new RowColumns(featureCount);
  }

  /** Appends the rows of a message; returns the number of accepted rows. */
  add(message: RawMessage, reader: MessageReader, onRejected: OnRejected): number {
    const { columns } = this;
    const before = columns.rowCount;
    reader.read(message.value, message.headers, columns, onRejected);
    const accepted = columns.rowCount - before;
    if (message.offset < this.retainedFrom) {
      columns.rowCount = before;
      return accepted;
    }
    while (this.offsets.length < columns.rowCount) this.grow();
    this.offsets.fill(message.offset, before, columns.rowCount);
    this.timestampsMs.fill(message.timestampMs, before, columns.rowCount);
    return accepted;
  }

  offsetOf(row: number): number {
    return this.offsets[row]!;
  }

  timestampOf(row: number): number {
    return this.timestampsMs[row]!;
  }

  /** The rows of the messages in [from, next). */
  span(from: number, next: number): RowSpan {
    return { rows: this, from: this.firstAt(from), to: this.firstAt(next) };
  }

  /** Drops the rows below an offset. The others are moved down only when at least half of the rows are dropped. */
  dropBelow(offset: number): void {
    if (offset <= this.retainedFrom) return;
    this.retainedFrom = offset;
    const dropped = this.firstAt(offset);
    if (dropped < CAPACITY_INITIAL || dropped < this.columns.rowCount / 2) return;
    this.offsets.copyWithin(0, dropped, this.columns.rowCount);
    this.timestampsMs.copyWithin(0, dropped, this.columns.rowCount);
    this.columns.dropFirst(dropped);
  }

  /** Index of the first row at or above an offset. */
  private firstAt(offset: number): number {
    let from = 0;
    let to = this.columns.rowCount;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.offsets[middle]! < offset) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  private grow(): void {
    const [offsets, timestampsMs] = [this.offsets, this.timestampsMs];
    this.offsets = new Float64Array(offsets.length * 2);
    this.timestampsMs = new Float64Array(offsets.length * 2);
    this.offsets.set(offsets);
    this.timestampsMs.set(timestampsMs);
  }
}

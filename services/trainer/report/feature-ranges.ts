import type { PartitionRows } from '../window/partition-rows';

/** A large window is scanned in parts, a few milliseconds each. */
const VALUES_MAX = 400_000;

/**
 * The smallest and the largest value of each feature. Each row is scanned once; rows that were added and dropped between
 * two scans are missed.
 */
export class FeatureRanges {
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** For each partition the number of its first row that was not scanned, counted from the first row ever. */
  private readonly next = new Map<number, number>();

  constructor(private readonly featureCount: number) {
    this.min = new Float64Array(featureCount).fill(Number.POSITIVE_INFINITY);
    this.max = new Float64Array(featureCount).fill(Number.NEGATIVE_INFINITY);
  }

  /** Scans at most `rowsMax` of the rows that were added since. */
  scan(
    stores: readonly PartitionRows[],
    rowsMax = Math.max(1, Math.floor(VALUES_MAX / this.featureCount)),
  ): void {
    let rowsLeft = rowsMax;
    for (const { partition, rows } of stores) {
      for (const { firstRow, features, from, end } of rows.pieces(0, rows.rowCount)) {
        const next = Math.max(this.next.get(partition) ?? 0, firstRow);
        const begin = from + (next - firstRow);
        if (begin >= end) continue;
        const stop = Math.min(end, begin + rowsLeft);
        this.widen(features, begin, stop);
        rowsLeft -= stop - begin;
        this.next.set(partition, firstRow + (stop - from));
        if (rowsLeft === 0) return;
      }
    }
  }

  private widen(features: Float64Array, begin: number, end: number): void {
    const { featureCount, min, max } = this;
    for (let i = begin * featureCount; i < end * featureCount; ) {
      for (let f = 0; f < featureCount; f++, i++) {
        const value = features[i]!;
        if (value < min[f]!) min[f] = value;
        if (value > max[f]!) max[f] = value;
      }
    }
  }
}

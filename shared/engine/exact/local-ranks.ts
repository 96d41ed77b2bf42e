import type { TrainingSet } from '../training-set';
import type { CodedColumn } from './column-codes';
import type { LocalScratch } from './local-scratch';
import { CLASS_BITS, RANK_SHIFT } from './local-scratch';
import type { RowBlock } from './row-block';

/** A node of which the codes are known: its rows are the places from `from` on. */
export interface CodedNode {
  readonly columns: readonly CodedColumn[];
  readonly block: RowBlock;
  readonly from: number;
}

/**
 * Lists a subtree's rows as entries in order of value: by counting where few values or codes of them say a row's position,
 * by sorting otherwise. The classes of the rows are already in the scratch.
 */
export class LocalRanks {
  private readonly entries: Int32Array;
  private readonly distinct: Float64Array;

  constructor(
    private readonly rows: TrainingSet,
    private readonly scratch: LocalScratch,
  ) {
    this.entries = scratch.entries;
    this.distinct = scratch.distinct;
  }

  /** Lists `count` rows, given by their rowIds (null for the first ones), in order of the feature's value. */
  list(feature: number, rowIds: Uint32Array | null, count: number, coded: CodedNode | null): void {
    const column = coded?.columns[feature];
    if (coded !== null && column?.isComplete) this.rankCodes(feature, column, coded, count);
    else this.rankValues(feature, rowIds, count, coded === null);
  }

  /** A coded column that gets here has too many values for a look at cells of one value to be worth it. */
  private rankValues(
    feature: number,
    rowIds: Uint32Array | null,
    count: number,
    mayHaveFewValues: boolean,
  ): void {
    const column = this.rows.columns[feature]!;
    const { valueSort } = this.scratch;
    const values = rowIds === null ? column : gathered(column, rowIds, this.scratch.values, count);
    valueSort.spread(values, count);
    if (mayHaveFewValues && valueSort.hasOneValuePerCell(values, count)) {
      const { cells, cellSizes, cellValues } = valueSort;
      this.rankBuckets(feature, cells, cellSizes, cellValues, count, count);
      return;
    }
    valueSort.sortSpread(values, count);
    this.rankSorted(feature, count);
  }

  /** Where every value has a bucket of its own, its code says its position, and the value need not be fetched. */
  private rankCodes(
    feature: number,
    { buckets, edges }: CodedColumn,
    { block, from }: CodedNode,
    count: number,
  ): void {
    const { scratch } = this;
    scratch.growBuckets(buckets);
    const bucketOfRow = scratch.bucketOfRow;
    block.bucketsOf(feature, from, count, this.rows.classNames.length, bucketOfRow);
    const sizes = scratch.bucketSizes.fill(0, 0, buckets);
    for (let row = 0; row < count; row++) sizes[bucketOfRow[row]!]!++;
    this.rankBuckets(feature, bucketOfRow, sizes, edges, buckets, count);
  }

  /** Counting sort by buckets that have one value each: `values`, ascending. Uses up the rows of each bucket, `sizes`. */
  private rankBuckets(
    feature: number,
    bucketOfRow: Uint32Array | Uint16Array,
    sizes: Uint32Array,
    values: Float64Array,
    buckets: number,
    count: number,
  ): void {
    const { entries, distinct } = this;
    const { classes, bucketRanks } = this.scratch;
    const base = feature * this.scratch.capacity;
    let ranks = 0;
    for (let bucket = 0, position = base; bucket < buckets; bucket++) {
      const size = sizes[bucket]!;
      if (size === 0) continue;
      sizes[bucket] = position;
      position += size;
      distinct[base + ranks] = values[bucket]!;
      bucketRanks[bucket] = ranks++ << RANK_SHIFT;
    }
    const nextPosition = sizes;
    for (let row = 0; row < count; row++) {
      const bucket = bucketOfRow[row]!;
      entries[nextPosition[bucket]!++] = bucketRanks[bucket]! | (row << CLASS_BITS) | classes[row]!;
    }
    this.scratch.isUntied[feature] = ranks === count ? 1 : 0;
  }

  /** Turns a sorted column into entries. */
  private rankSorted(feature: number, count: number): void {
    const { entries, distinct } = this;
    const { classes, valueSort } = this.scratch;
    const { sorted, order } = valueSort;
    const base = feature * this.scratch.capacity;
    let rank = 0;
    let value = sorted[0]!;
    distinct[base] = value;
    for (let i = 0; i < count; i++) {
      if (sorted[i]! !== value) {
        value = sorted[i]!;
        distinct[base + ++rank] = value;
      }
      const row = order[i]!;
      entries[base + i] = (rank << RANK_SHIFT) | (row << CLASS_BITS) | classes[row]!;
    }
    this.scratch.isUntied[feature] = rank === count - 1 ? 1 : 0;
  }
}

function gathered(
  column: Float64Array,
  rowIds: Uint32Array,
  into: Float64Array,
  count: number,
): Float64Array {
  for (let i = 0; i < count; i++) into[i] = column[rowIds[i]!]!;
  return into;
}

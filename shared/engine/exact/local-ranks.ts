import type { TrainingSet } from '../training-set';
import type { CodedColumn } from './column-codes';
import type { LocalScratch } from './local-scratch';
import { CLASS_BITS, RANK_SHIFT } from './local-scratch';
import type { RowBlock } from './row-block';

/** A node with codes: its rows are the positions from `from` on in the block's order. */
export interface CodedNode {
  readonly columns: readonly CodedColumn[];
  readonly block: RowBlock;
  readonly from: number;
}

/**
 * Lists a subtree's rows as entries in order of value. Counting gives a row's position where its value has a code or a
 * cell of its own; other columns are sorted. The rows' classes are already in the scratch.
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

  /** Lists `count` rows by their ids (null: the first rows) in order of the feature's value. */
  list(feature: number, rowIds: Uint32Array | null, count: number, coded: CodedNode | null): void {
    const column = coded?.columns[feature];
    if (coded !== null && column?.isComplete) this.rankCodes(feature, column, coded, count);
    else this.rankValues(feature, rowIds, count, coded === null);
  }

  /** A coded column that comes here has many values, so trying cells of one value would not pay. */
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

  /** Every value has a bucket of its own, so its code gives its position and the value need not be fetched. */
  private rankCodes(
    feature: number,
    { buckets, edges }: CodedColumn,
    { block, from }: CodedNode,
    count: number,
  ): void {
    const { scratch } = this;
    scratch.growBuckets(buckets);
    const bucketOfRow = scratch.bucketOfRow;
    block.writeBuckets(feature, from, count, this.rows.classNames.length, bucketOfRow);
    const sizes = scratch.bucketSizes.fill(0, 0, buckets);
    for (let row = 0; row < count; row++) sizes[bucketOfRow[row]!]!++;
    this.rankBuckets(feature, bucketOfRow, sizes, edges, buckets, count);
  }

  /** Counting sort by buckets of one value each, `values`, ascending. `sizes`, the rows of each bucket, is overwritten. */
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

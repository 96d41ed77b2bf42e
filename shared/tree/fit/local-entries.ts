import type { TrainingSet } from '../training-set';
import type { CodedColumn } from './column-codes';
import type { RowBlock } from './row-block';
import { ValueSort } from './sort-values';

/** Row and rank share 22 bits of an entry and the class has 8: all of a node's columns then fit the first cache. */
export const LOCAL_ROWS_MAX = 2_048;

export const CLASS_BITS = 8;
export const CLASS_MASK = 255;
export const ROW_MASK = LOCAL_ROWS_MAX - 1;
export const RANK_SHIFT = 19;

/** A node of which the codes are known: its rows are the places from `from` on. */
export interface CodedNode {
  readonly columns: readonly CodedColumn[];
  readonly block: RowBlock;
  readonly from: number;
}

/**
 * The rows of a small subtree, for every feature in order of value, as one integer each: rank among the subtree's
 * distinct values, row, class. Rows are numbered within the subtree.
 */
export class LocalEntries {
  /** One list after the other, shape [features, capacity]. */
  readonly entries: Int32Array;
  /** The values that ranks stand for, shape [features, capacity]. */
  readonly distinct: Float64Array;
  /** Rows that each row stands for, shape [capacity]. */
  readonly weights: Float64Array;
  /** 1 for features on which no two rows are equal. */
  readonly isUntied: Uint8Array;
  private readonly classes: Uint8Array;
  private readonly values: Float64Array;
  private readonly valueSort: ValueSort;
  private readonly bucketOfRow: Uint16Array;
  private readonly goesLeft: Uint8Array;
  private readonly aside: Int32Array;

  constructor(
    private readonly rows: TrainingSet,
    private readonly rowWeights: Uint32Array | null,
    readonly capacity: number,
  ) {
    const features = rows.columns.length;
    this.entries = new Int32Array(features * capacity);
    this.distinct = new Float64Array(features * capacity);
    this.weights = new Float64Array(capacity).fill(1);
    this.isUntied = new Uint8Array(features);
    this.classes = new Uint8Array(capacity);
    this.values = new Float64Array(capacity);
    this.valueSort = new ValueSort(capacity);
    this.bucketOfRow = new Uint16Array(capacity);
    this.goesLeft = new Uint8Array(capacity);
    this.aside = new Int32Array(capacity);
  }

  /** Takes `count` rows, given by their numbers. */
  load(numbers: Uint32Array, count: number, coded: CodedNode | null): void {
    const { classes, weights, rowWeights, values, valueSort } = this;
    for (let i = 0; i < count; i++) classes[i] = this.rows.classes[numbers[i]!]!;
    if (rowWeights !== null) for (let i = 0; i < count; i++) weights[i] = rowWeights[numbers[i]!]!;
    for (let feature = 0; feature < this.rows.columns.length; feature++) {
      const column = coded?.columns[feature];
      if (coded !== null && column?.isComplete) {
        this.rankCodes(feature, column, coded.block, coded.from, count);
        continue;
      }
      gather(this.rows.columns[feature]!, numbers, values, count);
      valueSort.sort(values, count);
      this.rank(feature, count);
    }
  }

  /** Where every value has a bucket of its own, its code says its place, and the value need not be fetched. */
  private rankCodes(
    feature: number,
    { buckets, edges }: CodedColumn,
    block: RowBlock,
    from: number,
    count: number,
  ): void {
    const { entries, distinct, classes, bucketOfRow } = this;
    const base = feature * this.capacity;
    const nextPlace = new Uint32Array(buckets);
    block.bucketsOf(feature, from, count, this.rows.classNames.length, bucketOfRow);
    for (let i = 0; i < count; i++) nextPlace[bucketOfRow[i]!]!++;
    const rankOf = new Uint32Array(buckets);
    let ranks = 0;
    for (let bucket = 0, place = 0; bucket < buckets; bucket++) {
      const rows = nextPlace[bucket]!;
      nextPlace[bucket] = place;
      place += rows;
      if (rows === 0) continue;
      distinct[base + ranks] = edges[bucket]!;
      rankOf[bucket] = ranks++;
    }
    for (let row = 0; row < count; row++) {
      const bucket = bucketOfRow[row]!;
      entries[base + nextPlace[bucket]!++] =
        (rankOf[bucket]! << RANK_SHIFT) | (row << CLASS_BITS) | classes[row]!;
    }
    this.isUntied[feature] = ranks === count ? 1 : 0;
  }

  /** Turns a sorted column into entries. */
  private rank(feature: number, count: number): void {
    const { entries, distinct, classes } = this;
    const { sorted, order } = this.valueSort;
    const base = feature * this.capacity;
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
    this.isUntied[feature] = rank === count - 1 ? 1 : 0;
  }

  /** Puts the rows of [from, to) that are left of the split first in every list; each side stays sorted by value. */
  divide(from: number, to: number, splitFeature: number, position: number): void {
    const { entries, goesLeft, capacity } = this;
    const base = splitFeature * capacity;
    for (let i = from; i < to; i++) {
      goesLeft[(entries[base + i]! >> CLASS_BITS) & ROW_MASK] = i < position ? 1 : 0;
    }
    for (let feature = 0; feature < this.rows.columns.length; feature++) {
      if (feature !== splitFeature) this.divideList(feature * capacity + from, feature * capacity + to);
    }
  }

  /** Without a branch on the side: it is as good as random, and a wrong guess costs more than both stores. */
  private divideList(from: number, to: number): void {
    const { entries, goesLeft, aside } = this;
    let lefts = from;
    let rights = 0;
    for (let at = from; at < to; at++) {
      const entry = entries[at]!;
      const isLeft = goesLeft[(entry >> CLASS_BITS) & ROW_MASK]!;
      entries[lefts] = entry;
      aside[rights] = entry;
      lefts += isLeft;
      rights += 1 - isLeft;
    }
    for (let i = 0; i < rights; i++) entries[lefts + i] = aside[i]!;
  }
}

function gather(column: Float64Array, numbers: Uint32Array, values: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) values[i] = column[numbers[i]!]!;
}

import { splitScore, thresholdBetween } from '../split-score';
import type { FitLimits, TrainingSet } from '../training-set';
import type { TreeBuilder } from '../tree-builder';
import type { CodedColumn } from './column-codes';
import { LocalStack } from './local-stack';
import { goesOn } from './node-rows';
import type { RowBlock } from './row-block';
import { ValueSort } from './sort-values';

/** Row and rank share 22 bits of an entry and the class has 8: all of a node's columns then fit the first cache. */
export const LOCAL_ROWS_MAX = 2_048;

const CLASS_BITS = 8;
const CLASS_MASK = 255;
const ROW_MASK = LOCAL_ROWS_MAX - 1;
const RANK_SHIFT = 19;

/** A node of which the codes are known: its rows are the places from `from` on. */
export interface CodedNode {
  readonly columns: readonly CodedColumn[];
  readonly block: RowBlock;
  readonly from: number;
}

/**
 * Fits whole subtrees of at most `LOCAL_ROWS_MAX` rows by presorting: for every feature the node's rows stand in order
 * of value as one integer each (rank among the node's distinct values, row, class), a split divides these lists
 * stably, and nothing but them is read on the way down.
 */
export class LocalFit {
  private readonly features: number;
  /** One list after the other, shape [features, capacity]. */
  private readonly entries: Int32Array;
  /** The values that ranks stand for, shape [features, capacity]. */
  private readonly distinct: Float64Array;
  private readonly weights: Float64Array;
  private readonly classes: Uint8Array;
  private readonly values: Float64Array;
  private readonly valueSort: ValueSort;
  private readonly bucketOfRow: Uint16Array;
  /** 1 for features on which no two rows of the subtree are equal. */
  private readonly isUntied: Uint8Array;
  private readonly goesLeft: Uint8Array;
  private readonly aside: Int32Array;
  private readonly left: Float64Array;
  private readonly stack: LocalStack;
  private bestScore = 0;
  private bestFeature = -1;
  private bestPosition = 0;

  constructor(
    private readonly rows: TrainingSet,
    private readonly rowWeights: Uint32Array | null,
    private readonly limits: FitLimits,
    private readonly builder: TreeBuilder,
  ) {
    const capacity = Math.min(rows.rowCount, LOCAL_ROWS_MAX);
    this.features = rows.columns.length;
    this.entries = new Int32Array(this.features * capacity);
    this.distinct = new Float64Array(this.features * capacity);
    this.weights = new Float64Array(capacity).fill(1);
    this.classes = new Uint8Array(capacity);
    this.values = new Float64Array(capacity);
    this.valueSort = new ValueSort(capacity);
    this.bucketOfRow = new Uint16Array(capacity);
    this.isUntied = new Uint8Array(this.features);
    this.goesLeft = new Uint8Array(capacity);
    this.aside = new Int32Array(capacity);
    this.left = new Float64Array(rows.classNames.length);
    this.stack = new LocalStack(Math.min(limits.maxDepth, capacity) + 2, rows.classNames.length);
  }

  /** Adds the subtree of `count` rows, given by their numbers, below `parent`; `counts` are their classes. */
  fit(
    numbers: Uint32Array,
    count: number,
    depth: number,
    parent: number,
    counts: Float64Array,
    coded: CodedNode | null = null,
  ): void {
    this.load(numbers, count, coded);
    this.stack.push(0, count, depth, parent, counts);
    while (this.stack.pop()) this.grow();
  }

  private load(numbers: Uint32Array, count: number, coded: CodedNode | null): void {
    const { classes, weights, rowWeights, values, valueSort } = this;
    for (let i = 0; i < count; i++) classes[i] = this.rows.classes[numbers[i]!]!;
    if (rowWeights !== null) for (let i = 0; i < count; i++) weights[i] = rowWeights[numbers[i]!]!;
    for (let feature = 0; feature < this.features; feature++) {
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
    const base = feature * this.values.length;
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
    const base = feature * this.values.length;
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

  /** Adds the node that was popped; if it has a split, divides its rows and pushes its children. */
  private grow(): void {
    const { stack, builder, limits } = this;
    const { from, to, depth, counts } = stack;
    const node = builder.addLeaf(stack.parent, counts);
    if (!goesOn(counts, depth, limits) || !this.search(from, to, counts)) return;

    const { bestFeature, bestPosition } = this;
    builder.split(node, bestFeature, this.threshold());
    const left = stack.left;
    const right = stack.right;
    right.set(counts);
    left.fill(0);
    this.countLeft(from, left, right);
    const leftGoesOn = goesOn(left, depth + 1, limits);
    const rightGoesOn = goesOn(right, depth + 1, limits);
    if (leftGoesOn || rightGoesOn) this.divide(from, to);
    // The left child goes on last, so it comes off first and its whole subtree stands before the right child.
    stack.push(bestPosition, to, depth + 1, node, right);
    stack.push(from, bestPosition, depth + 1, node, left);
  }

  private search(from: number, to: number, counts: Float64Array): boolean {
    this.bestScore = Number.NEGATIVE_INFINITY;
    this.bestFeature = -1;
    let rows = 0;
    let sq = 0;
    for (const count of counts) {
      rows += count;
      sq += count * count;
    }
    const hasPlainRows = this.rowWeights === null && this.limits.minLeafRows === 1;
    for (let feature = 0; feature < this.features; feature++) {
      if (hasPlainRows && this.isUntied[feature] === 1) this.scanRuns(feature, from, to, counts, rows, sq);
      else this.scan(feature, from, to, counts, rows, sq);
    }
    return this.bestFeature >= 0;
  }

  /**
   * Scores the boundaries between rows of different classes, which are the only ones that can be best (Fayyad and Irani,
   * 1992). Inside of a run of one class the score is strictly convex: its second derivative is at least 4 / n³ and every
   * cut there at least 2 / n³ below the better end, for n <= 2,048 a hundred times more than two quotients can be rounded
   * by. That holds for rows that count once and differ in value, where every cut is allowed.
   */
  private scanRuns(
    feature: number,
    from: number,
    to: number,
    counts: Float64Array,
    rows: number,
    sq: number,
  ): void {
    const { entries, left } = this;
    const base = feature * this.values.length;
    const end = base + to;
    left.fill(0);
    let best = this.bestScore;
    let bestAt = -1;
    let leftRows = 0;
    let leftSq = 0;
    let cross = 0;
    let at = base + from;
    for (;;) {
      const begun = at;
      const k = entries[at]! & CLASS_MASK;
      do at++;
      while (at < end && (entries[at]! & CLASS_MASK) === k);
      if (at === end) break;
      const run = at - begun;
      leftRows += run;
      leftSq += run * (2 * left[k]! + run);
      left[k]! += run;
      cross += run * counts[k]!;
      const score = splitScore(leftSq, leftRows, sq - 2 * cross + leftSq, rows - leftRows);
      if (score > best) {
        best = score;
        bestAt = at;
      }
    }
    this.take(feature, best, bestAt, base);
  }

  /** Scores every boundary of one feature; among equals the first one seen stays. */
  private scan(
    feature: number,
    from: number,
    to: number,
    counts: Float64Array,
    rows: number,
    sq: number,
  ): void {
    const { entries, weights, left } = this;
    const { minLeafRows } = this.limits;
    const base = feature * this.values.length;
    const end = base + to;
    left.fill(0);
    let best = this.bestScore;
    let bestAt = -1;
    let leftRows = 0;
    let leftSq = 0;
    let cross = 0;
    let entry = entries[base + from]!;
    for (let at = base + from + 1; at < end; at++) {
      const k = entry & CLASS_MASK;
      const weight = weights[(entry >> CLASS_BITS) & ROW_MASK]!;
      const next = entries[at]!;
      leftRows += weight;
      leftSq += weight * (2 * left[k]! + weight);
      left[k]! += weight;
      cross += weight * counts[k]!;
      const isTied = entry >> RANK_SHIFT === next >> RANK_SHIFT;
      entry = next;
      if (isTied || leftRows < minLeafRows) continue;
      const rightRows = rows - leftRows;
      if (rightRows < minLeafRows) break;
      // Σ(c − l)² = Σc² − 2Σcl + Σl², all of them integers.
      const score = splitScore(leftSq, leftRows, sq - 2 * cross + leftSq, rightRows);
      if (score > best) {
        best = score;
        bestAt = at;
      }
    }
    this.take(feature, best, bestAt, base);
  }

  private take(feature: number, score: number, at: number, base: number): void {
    if (at < 0) return;
    this.bestScore = score;
    this.bestFeature = feature;
    this.bestPosition = at - base;
  }

  private threshold(): number {
    const base = this.bestFeature * this.values.length;
    const at = base + this.bestPosition;
    const low = this.distinct[base + (this.entries[at - 1]! >> RANK_SHIFT)]!;
    return thresholdBetween(low, this.distinct[base + (this.entries[at]! >> RANK_SHIFT)]!);
  }

  private countLeft(from: number, left: Float64Array, right: Float64Array): void {
    const { entries, weights } = this;
    const base = this.bestFeature * this.values.length;
    const end = base + this.bestPosition;
    for (let at = base + from; at < end; at++) {
      const entry = entries[at]!;
      const weight = weights[(entry >> CLASS_BITS) & ROW_MASK]!;
      left[entry & CLASS_MASK]! += weight;
      right[entry & CLASS_MASK]! -= weight;
    }
  }

  /** Rows on the left of the split come first in every list, each side still sorted by value. */
  private divide(from: number, to: number): void {
    const { entries, goesLeft, bestFeature, bestPosition } = this;
    const capacity = this.values.length;
    const base = bestFeature * capacity;
    for (let i = from; i < to; i++) {
      goesLeft[(entries[base + i]! >> CLASS_BITS) & ROW_MASK] = i < bestPosition ? 1 : 0;
    }
    for (let feature = 0; feature < this.features; feature++) {
      if (feature !== bestFeature) this.divideList(feature * capacity + from, feature * capacity + to);
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

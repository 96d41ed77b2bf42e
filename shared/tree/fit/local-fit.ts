import { splitScore, thresholdBetween } from '../split-score';
import type { FitLimits, TrainingSet } from '../training-set';
import type { TreeBuilder } from '../tree-builder';
import { goesOn } from './node-rows';
import { ValueSort } from './sort-values';

/** Row and rank share 22 bits of an entry and the class has 8: all of a node's columns then fit the first cache. */
export const LOCAL_ROWS_MAX = 2_048;

const CLASS_BITS = 8;
const CLASS_MASK = 255;
const ROW_MASK = LOCAL_ROWS_MAX - 1;
const RANK_SHIFT = 19;

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
    this.goesLeft = new Uint8Array(capacity);
    this.aside = new Int32Array(capacity);
    this.left = new Float64Array(rows.classNames.length);
    this.stack = new LocalStack(Math.min(limits.maxDepth, capacity) + 2, rows.classNames.length);
  }

  /** Adds the subtree of `count` rows, given by their numbers, below `parent`; `counts` are their classes. */
  fit(numbers: Uint32Array, count: number, depth: number, parent: number, counts: Float64Array): void {
    this.load(numbers, count);
    this.stack.push(0, count, depth, parent, counts);
    while (this.stack.pop()) this.grow();
  }

  private load(numbers: Uint32Array, count: number): void {
    const { classes, weights, rowWeights, values, valueSort } = this;
    for (let i = 0; i < count; i++) classes[i] = this.rows.classes[numbers[i]!]!;
    if (rowWeights !== null) for (let i = 0; i < count; i++) weights[i] = rowWeights[numbers[i]!]!;
    for (let feature = 0; feature < this.features; feature++) {
      gather(this.rows.columns[feature]!, numbers, values, count);
      valueSort.sort(values, count);
      this.rank(feature, count);
    }
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
    for (let feature = 0; feature < this.features; feature++) {
      this.scan(feature, from, to, counts, rows, sq);
    }
    return this.bestFeature >= 0;
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
    if (bestAt < 0) return;
    this.bestScore = best;
    this.bestFeature = feature;
    this.bestPosition = bestAt - base;
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

/** Nodes still to be added; the popped one stands in the fields. */
class LocalStack {
  from = 0;
  to = 0;
  depth = 0;
  parent = -1;
  readonly counts: Float64Array;
  /** Room for the counts of two children. */
  readonly left: Float64Array;
  readonly right: Float64Array;
  private readonly places: Int32Array;
  private readonly pendingCounts: Float64Array;
  private length = 0;

  constructor(
    capacity: number,
    private readonly classes: number,
  ) {
    this.counts = new Float64Array(classes);
    this.left = new Float64Array(classes);
    this.right = new Float64Array(classes);
    this.places = new Int32Array(capacity * 4);
    this.pendingCounts = new Float64Array(capacity * classes);
  }

  push(from: number, to: number, depth: number, parent: number, counts: Float64Array): void {
    const at = this.length++ * 4;
    this.places[at] = from;
    this.places[at + 1] = to;
    this.places[at + 2] = depth;
    this.places[at + 3] = parent;
    const base = (at / 4) * this.classes;
    for (let k = 0; k < this.classes; k++) this.pendingCounts[base + k] = counts[k]!;
  }

  pop(): boolean {
    if (this.length === 0) return false;
    const at = --this.length * 4;
    this.from = this.places[at]!;
    this.to = this.places[at + 1]!;
    this.depth = this.places[at + 2]!;
    this.parent = this.places[at + 3]!;
    const base = (at / 4) * this.classes;
    for (let k = 0; k < this.classes; k++) this.counts[k] = this.pendingCounts[base + k]!;
    return true;
  }
}

function gather(column: Float64Array, numbers: Uint32Array, values: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) values[i] = column[numbers[i]!]!;
}

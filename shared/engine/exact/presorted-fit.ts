import type { TreeBuilder } from '../../tree/tree-builder';
import { splitScore, thresholdBetween } from '../split-score';
import { type FitLimits, isSplittable, type TrainingSet } from '../training-set';
import type { LocalFit } from './local-fit';
import { ValueSort } from './value-sort';

/** A node whose rows are the range [from, to) of every order, still to be added to the tree. */
interface PendingNode {
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly parent: number;
  readonly counts: Float64Array;
}

/**
 * Fits a subtree by sorting each of its columns once and dividing the sorted orders at every split (presorting as in
 * SLIQ; Mehta, Agrawal and Rissanen, 1996). It serves nodes whose labels are so close to noise that histograms decide
 * little.
 */
export class PresortedFit {
  constructor(
    private readonly rows: TrainingSet,
    private readonly limits: FitLimits,
    private readonly builder: TreeBuilder,
    private readonly local: LocalFit,
    private readonly localRowsMax: number,
  ) {}

  /** Adds the subtree of the rows with these ids below `parent`; `counts` are their classes. */
  fit(rowIds: Uint32Array, depth: number, parent: number, counts: Float64Array): void {
    const { rows, limits, builder } = this;
    const orders = this.sortColumns(rowIds);
    const search = new SplitSearch(rows, orders, limits.minLeafRows);
    const partition = new OrderPartition(rows, orders);
    const pending: PendingNode[] = [{ from: 0, to: rowIds.length, depth, parent, counts }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { from, to } = next;
      const isLeaf = !isSplittable(next.counts, next.depth, limits);
      if (!isLeaf && to - from <= this.localRowsMax) {
        this.local.fit(orders[0]!.subarray(from, to), to - from, next.depth, next.parent, next.counts);
        continue;
      }
      const node = builder.addLeaf(next.parent, next.counts);
      if (isLeaf) continue;
      const split = search.find(from, to, next.counts);
      if (split === null) continue;
      builder.split(node, split.feature, split.threshold);
      partition.cut(from, to, split);
      const left = this.countClasses(orders[split.feature]!, from, split.position);
      const right = next.counts.map((count, k) => count - left[k]!);
      pending.push({ from: split.position, to, depth: next.depth + 1, parent: node, counts: right });
      pending.push({ from, to: split.position, depth: next.depth + 1, parent: node, counts: left });
    }
  }

  private sortColumns(rowIds: Uint32Array): Uint32Array[] {
    const values = new Float64Array(rowIds.length);
    const valueSort = new ValueSort(rowIds.length);
    return this.rows.columns.map((column) => {
      for (let i = 0; i < rowIds.length; i++) values[i] = column[rowIds[i]!]!;
      valueSort.sort(values, rowIds.length);
      return gatherRowIds(rowIds, valueSort.order);
    });
  }

  private countClasses(order: Uint32Array, from: number, to: number): Float64Array {
    const counts = new Float64Array(this.rows.classNames.length);
    for (let i = from; i < to; i++) counts[this.rows.classes[order[i]!]!]!++;
    return counts;
  }
}

function gatherRowIds(rowIds: Uint32Array, order: Uint32Array): Uint32Array {
  const gathered = new Uint32Array(rowIds.length);
  for (let i = 0; i < gathered.length; i++) gathered[i] = rowIds[order[i]!]!;
  return gathered;
}

/** The split of a node: the rows of `orders[feature]` before `position` go left. */
interface Split {
  readonly feature: number;
  readonly threshold: number;
  readonly position: number;
}

/**
 * Finds the best split of a node among all features and all boundaries between distinct values: larger score, then
 * lower feature index, then lower threshold. A node is the range [from, to) of every order; `orders` holds the
 * node's rows sorted by value, one array a feature.
 */
class SplitSearch {
  private readonly rows: TrainingSet;
  private readonly orders: readonly Uint32Array[];
  private readonly minLeafRows: number;
  private readonly left: Float64Array;
  private readonly right: Float64Array;
  private bestScore = Number.NEGATIVE_INFINITY;
  private bestFeature = -1;
  private bestPosition = -1;

  constructor(rows: TrainingSet, orders: readonly Uint32Array[], minLeafRows: number) {
    this.rows = rows;
    this.orders = orders;
    this.minLeafRows = minLeafRows;
    this.left = new Float64Array(rows.classNames.length);
    this.right = new Float64Array(rows.classNames.length);
  }

  /**
   * Null when no boundary leaves `minLeafRows` on both sides. A split that lowers no impurity is still a split: two of
   * them can separate classes that one cannot (exclusive or). `counts` are the node's rows of each class, shape [classes].
   */
  find(from: number, to: number, counts: Float64Array): Split | null {
    this.bestScore = Number.NEGATIVE_INFINITY;
    this.bestFeature = -1;
    for (let feature = 0; feature < this.orders.length; feature++) this.scan(feature, from, to, counts);
    if (this.bestFeature < 0) return null;

    const values = this.rows.columns[this.bestFeature]!;
    const order = this.orders[this.bestFeature]!;
    const position = this.bestPosition;
    const threshold = thresholdBetween(values[order[position - 1]!]!, values[order[position]!]!);
    return { feature: this.bestFeature, threshold, position };
  }

  /** Moves the node's rows from right to left in order of value and scores every boundary on the way. */
  private scan(feature: number, from: number, to: number, counts: Float64Array): void {
    const { classes } = this.rows;
    const { left, right, minLeafRows } = this;
    const values = this.rows.columns[feature]!;
    const order = this.orders[feature]!;
    left.fill(0);
    right.set(counts);
    let leftSq = 0;
    let rightSq = sumOfSquares(counts);
    let value = values[order[from]!]!;
    // The right side keeps minLeafRows, so its first row stands at `to - minLeafRows` at the latest.
    for (let position = from + 1; position <= to - minLeafRows; position++) {
      const moved = classes[order[position - 1]!]!;
      // (c + 1)² − c² = 2c + 1, and the same backwards: the sums stay integers.
      leftSq += 2 * left[moved]!++ + 1;
      rightSq -= 2 * right[moved]!-- - 1;
      const next = values[order[position]!]!;
      if (next === value) continue;
      value = next;
      if (position - from < minLeafRows) continue;
      const score = splitScore(leftSq, position - from, rightSq, to - position);
      // Features and values ascend, so the first of equal scores wins.
      if (score > this.bestScore) {
        this.bestScore = score;
        this.bestFeature = feature;
        this.bestPosition = position;
      }
    }
  }
}

function sumOfSquares(counts: Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count * count;
  return sum;
}

/**
 * Divides a node's range in every order: the rows on the left of the split come first, and each side stays sorted by value,
 * since the division is stable. So each column is sorted once.
 */
class OrderPartition {
  private readonly rows: TrainingSet;
  private readonly orders: readonly Uint32Array[];
  /** 1 for the rows of the current node that go left, shape [rowCount]. */
  private readonly goesLeft: Uint8Array;
  /** The rows that go right, while the others move up; shape [rowCount]. */
  private readonly scratch: Uint32Array;

  constructor(rows: TrainingSet, orders: readonly Uint32Array[]) {
    this.rows = rows;
    this.orders = orders;
    this.goesLeft = new Uint8Array(rows.rowCount);
    this.scratch = new Uint32Array(rows.rowCount);
  }

  cut(from: number, to: number, split: Split): void {
    this.mark(from, to, split);
    for (let feature = 0; feature < this.rows.columns.length; feature++) {
      if (feature !== split.feature) this.cutOrder(this.orders[feature]!, from, to);
    }
  }

  private mark(from: number, to: number, split: Split): void {
    const { goesLeft } = this;
    const order = this.orders[split.feature]!;
    for (let at = from; at < split.position; at++) goesLeft[order[at]!] = 1;
    for (let at = split.position; at < to; at++) goesLeft[order[at]!] = 0;
  }

  private cutOrder(order: Uint32Array, from: number, to: number): void {
    const { goesLeft, scratch } = this;
    let leftEnd = from;
    let rightCount = 0;
    for (let at = from; at < to; at++) {
      const row = order[at]!;
      if (goesLeft[row] === 1) order[leftEnd++] = row;
      else scratch[rightCount++] = row;
    }
    order.set(scratch.subarray(0, rightCount), leftEnd);
  }
}

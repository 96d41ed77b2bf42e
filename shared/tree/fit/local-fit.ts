import { splitScore, thresholdBetween } from '../split-score';
import type { FitLimits, TrainingSet } from '../training-set';
import type { TreeBuilder } from '../tree-builder';
import {
  CLASS_BITS,
  CLASS_MASK,
  type CodedNode,
  LOCAL_ROWS_MAX,
  LocalEntries,
  RANK_SHIFT,
  ROW_MASK,
} from './local-entries';
import { LocalStack } from './local-stack';
import { goesOn } from './node-rows';

/**
 * Fits whole subtrees of at most `LOCAL_ROWS_MAX` rows by presorting: for every feature the node's rows stand in order
 * of value as one integer each (rank among the node's distinct values, row, class), a split divides these lists
 * stably, and nothing but them is read on the way down.
 */
export class LocalFit {
  private readonly features: number;
  private readonly table: LocalEntries;
  /** Rows that count once each and may stand alone. */
  private readonly hasPlainRows: boolean;
  private readonly left: Float64Array;
  private readonly stack: LocalStack;
  private bestScore = 0;
  private bestFeature = -1;
  private bestPosition = 0;

  constructor(
    rows: TrainingSet,
    rowWeights: Uint32Array | null,
    private readonly limits: FitLimits,
    private readonly builder: TreeBuilder,
  ) {
    const capacity = Math.min(rows.rowCount, LOCAL_ROWS_MAX);
    this.features = rows.columns.length;
    this.hasPlainRows = rowWeights === null && limits.minLeafRows === 1;
    this.table = new LocalEntries(rows, rowWeights, capacity);
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
    this.table.load(numbers, count, coded);
    this.stack.push(0, count, depth, parent, counts);
    while (this.stack.pop()) this.grow();
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
    if (leftGoesOn || rightGoesOn) this.table.divide(from, to, bestFeature, bestPosition);
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
      if (this.hasPlainRows && this.table.isUntied[feature] === 1)
        this.scanRuns(feature, from, to, counts, rows, sq);
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
    const { left } = this;
    const { entries } = this.table;
    const base = feature * this.table.capacity;
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
    const { left } = this;
    const { entries, weights } = this.table;
    const { minLeafRows } = this.limits;
    const base = feature * this.table.capacity;
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
    const base = this.bestFeature * this.table.capacity;
    const at = base + this.bestPosition;
    const low = this.table.distinct[base + (this.table.entries[at - 1]! >> RANK_SHIFT)]!;
    return thresholdBetween(low, this.table.distinct[base + (this.table.entries[at]! >> RANK_SHIFT)]!);
  }

  private countLeft(from: number, left: Float64Array, right: Float64Array): void {
    const { entries, weights } = this.table;
    const base = this.bestFeature * this.table.capacity;
    const end = base + this.bestPosition;
    for (let at = base + from; at < end; at++) {
      const entry = entries[at]!;
      const weight = weights[(entry >> CLASS_BITS) & ROW_MASK]!;
      left[entry & CLASS_MASK]! += weight;
      right[entry & CLASS_MASK]! -= weight;
    }
  }
}

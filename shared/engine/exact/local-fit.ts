import type { TreeBuilder } from '../../tree/tree-builder';
import { thresholdBetween } from '../split-score';
import { type FitLimits, isSplittable, type TrainingSet } from '../training-set';
import { LocalEntries } from './local-entries';
import type { CodedNode } from './local-ranks';
import type { LocalStack } from './local-scratch';
import { LOCAL_ROWS_MAX, LocalScratch, RANK_SHIFT } from './local-scratch';
import { LocalSearch } from './local-search';

/**
 * Fits whole subtrees of at most `LOCAL_ROWS_MAX` rows by presorting. For every feature the subtree's rows stand in order of
 * value as one integer each (local-scratch.ts). A split divides these lists stably, and the fit reads nothing else.
 */
export class LocalFit {
  private readonly table: LocalEntries;
  private readonly search: LocalSearch;
  private readonly stack: LocalStack;
  /** Rows of each class in two children, shape [classes]. */
  private readonly left: Float64Array;
  private readonly right: Float64Array;

  constructor(
    rows: TrainingSet,
    private readonly limits: FitLimits,
    private readonly builder: TreeBuilder,
  ) {
    const classes = rows.classNames.length;
    const scratch = LocalScratch.for(rows.columns.length, Math.min(rows.rowCount, LOCAL_ROWS_MAX));
    this.table = new LocalEntries(rows, scratch);
    this.search = new LocalSearch(this.table, classes, limits.minLeafRows);
    this.stack = scratch.stack;
    this.left = new Float64Array(classes);
    this.right = new Float64Array(classes);
  }

  /**
   * Adds the subtree of `count` rows below `parent`; `counts` are their classes. `rowIds` is null for
   * the first rows of the set.
   */
  fit(
    rowIds: Uint32Array | null,
    count: number,
    depth: number,
    parent: number,
    counts: Float64Array,
    coded: CodedNode | null = null,
  ): void {
    const { stack } = this;
    this.table.load(rowIds, count, coded);
    stack.begin(counts.length);
    stack.push(0, count, depth, parent, counts);
    while (stack.pop()) this.grow(stack);
  }

  /** Adds the popped node. If it has a split, divides its rows and pushes its children. */
  private grow({ from, to, depth, parent, counts }: LocalStack): void {
    const { stack, builder, limits, search, left, right } = this;
    const node = builder.addLeaf(parent, counts);
    if (!isSplittable(counts, depth, limits) || !search.find(from, to, counts)) return;

    const { feature, position } = search;
    builder.split(node, feature, this.threshold(feature, position));
    this.table.markLeft(feature, from, position, left);
    for (let k = 0; k < counts.length; k++) right[k] = counts[k]! - left[k]!;
    const isLeftSplittable = isSplittable(left, depth + 1, limits);
    const isRightSplittable = isSplittable(right, depth + 1, limits);
    if (isLeftSplittable || isRightSplittable)
      this.table.divide(from, to, feature, position, isLeftSplittable, isRightSplittable);
    // The left child is pushed last and so popped first: its whole subtree stands before the right child.
    stack.push(position, to, depth + 1, node, right);
    stack.push(from, position, depth + 1, node, left);
  }

  private threshold(feature: number, position: number): number {
    const { entries, distinct, stride } = this.table;
    const base = feature * stride;
    const low = distinct[base + (entries[base + position - 1]! >> RANK_SHIFT)]!;
    return thresholdBetween(low, distinct[base + (entries[base + position]! >> RANK_SHIFT)]!);
  }
}

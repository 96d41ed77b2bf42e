import { invariant } from '../errors';
import { presort } from './presort';
import { RowPartition } from './row-partition';
import { SplitSearch } from './split-search';
import type { FitLimits, TrainingSet } from './training-set';
import type { Tree } from './tree';
import { TreeBuilder } from './tree-builder';

/** A node whose rows are the range [from, to) of every order, still to be added to the tree. */
interface PendingNode {
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  /** −1 for the root. */
  readonly parent: number;
}

/**
 * Fits a classification tree by CART with Gini impurity (Breiman et al., 1984): each column is sorted once, and a
 * split only divides the sorted orders (presorting as in SLIQ; Mehta, Agrawal and Rissanen, 1996).
 *
 * Every impure node is split while it is above `maxDepth` and some boundary between distinct values leaves
 * `minLeafRows` on both sides. Nodes stand in preorder, a left child right after its parent. The order of rows
 * changes nothing. Throws `invariant` on an empty set, on no feature, on a column of another length and on
 * `minLeafRows` below 1.
 */
export function fitExact(rows: TrainingSet, limits: FitLimits): Tree {
  checkTrainingSet(rows, limits);
  const orders = rows.columns.map(presort);
  const search = new SplitSearch(rows, orders, limits.minLeafRows);
  const partition = new RowPartition(rows, orders);
  const builder = new TreeBuilder(rows.featureNames, rows.classNames);

  // A stack of our own: a chain-shaped tree is as deep as it has rows, deeper than the call stack.
  const pending: PendingNode[] = [{ from: 0, to: rows.rowCount, depth: 0, parent: -1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { from, to, parent } = next;
    const node = builder.addLeaf();
    if (parent >= 0) builder.adopt(parent, node);
    const counts = builder.countsOf(node);
    countClasses(rows.classes, orders[0]!, from, to, counts);
    if (next.depth >= limits.maxDepth || isPure(counts)) continue;

    const split = search.find(from, to, counts);
    if (split === null) continue;
    partition.cut(from, to, split);
    builder.split(node, split.feature, split.threshold);
    const depth = next.depth + 1;
    // The left child goes on last, so it comes off first and its whole subtree stands before the right child.
    pending.push({ from: split.position, to, depth, parent: node });
    pending.push({ from, to: split.position, depth, parent: node });
  }
  return builder.finish();
}

function checkTrainingSet(rows: TrainingSet, limits: FitLimits): void {
  invariant(rows.rowCount > 0, 'a tree is fitted on at least one row');
  invariant(rows.columns.length > 0, 'a tree is fitted on at least one feature');
  invariant(
    rows.columns.every((column) => column.length === rows.rowCount) && rows.classes.length === rows.rowCount,
    'every column has one value a row',
  );
  invariant(limits.minLeafRows >= 1, 'a leaf holds at least one row');
}

function countClasses(
  classes: Uint32Array,
  order: Uint32Array,
  from: number,
  to: number,
  counts: Uint32Array,
): void {
  for (let at = from; at < to; at++) counts[classes[order[at]!]!]!++;
}

/** At most one class has rows. */
function isPure(counts: Uint32Array): boolean {
  let present = 0;
  for (const count of counts) if (count > 0) present++;
  return present <= 1;
}

import { invariant } from '../../errors';
import type { Tree } from '../../tree/tree';
import type { FitLimits, TrainingSet } from '../training-set';
import { BestFirstFit, type HistogramBounds } from './best-first-fit';
import { binRows } from './binned-rows';
import { treeInPreorder } from './grown-node';

/** 255 leaves are what LightGBM and its comparisons take; 128 MiB hold the histograms of 255 leaves for 500 columns × classes. */
const BOUNDS: HistogramBounds = { leavesMax: 255, histogramBytesMax: 128 * 1_048_576 };

/**
 * Fits a classification tree of at most 255 leaves on at most 255 bins a column: what to take for large windows, where
 * an exact tree is larger than useful.
 *
 * Only boundaries between bins are considered (column-edges.ts says which bins). The leaf whose best split lowers the
 * weighted Gini impurity most is split first; of equal drops the leaf that was made first goes first, a left child
 * being made before its sister. Within a node the larger score wins, then the lower feature, then the lower bin.
 * A split that lowers nothing is made where leaves are left for it, as the exact engine makes it: exclusive or needs it,
 * and so a set whose values all have bins of their own and whose exact tree has at most 255 leaves gets that very tree.
 *
 * Nodes stand in preorder. Where every column's bins are exact the order of rows changes nothing. Throws `invariant`
 * on an empty set, on no feature, on a column of another length and on `minLeafRows` below 1.
 */
export function fitHistogram(rows: TrainingSet, limits: FitLimits, bounds = BOUNDS): Tree {
  invariant(rows.rowCount > 0, 'a tree is fitted on at least one row');
  invariant(rows.columns.length > 0, 'a tree is fitted on at least one feature');
  invariant(
    rows.columns.every((column) => column.length === rows.rowCount) && rows.classes.length === rows.rowCount,
    'every column has one value a row',
  );
  invariant(limits.minLeafRows >= 1, 'a leaf holds at least one row');
  const root = new BestFirstFit(rows, binRows(rows), limits, bounds).fit();
  return treeInPreorder(root, rows);
}

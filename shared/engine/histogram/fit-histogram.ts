import type { Tree } from '../../tree/tree';
import type { Engine } from '../engine';
import { checkTrainingSet, type FitLimits, type TrainingSet } from '../training-set';
import { BestFirstFit, type HistogramBounds, treeInPreorder } from './best-first-fit';
import { binRows } from './binned-rows';

/**
 * For large windows: a tree of at most 255 leaves on at most 255 bins a column, grown where it lowers impurity most.
 * Another rule for bins or for ties is another behaviour number, since records are fitted again when they are verified.
 */
export const histogramEngine: Engine = {
  name: 'histogram',
  behaviour: 1,
  windowRowsMax: 10_000_000,
  callingThreadValuesMax: 0,
  canShareFit: false,
  fit: (rows, limits) => fitHistogram(rows, limits),
};

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
  checkTrainingSet(rows, limits);
  const root = new BestFirstFit(rows, binRows(rows), limits, bounds).fit();
  return treeInPreorder(root, rows);
}

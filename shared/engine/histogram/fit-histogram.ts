import type { Tree } from '../../tree/tree';
import type { Engine } from '../engine';
import { checkTrainingSet, type FitLimits, type TrainingSet } from '../training-set';
import { BestFirstFit, type HistogramBounds, treeInPreorder } from './best-first-fit';
import { binRows } from './binned-rows';

/**
 * The engine for large windows: a tree of at most 255 leaves on at most 255 bins for each column, grown best first.
 * A change of the rule for bins or ties needs another behaviour number, since the verifier fits records again.
 */
export const histogramEngine: Engine = {
  name: 'histogram',
  behaviour: 1,
  windowRowsMax: 10_000_000,
  callingThreadValuesMax: 0,
  canShareFit: false,
  fit: (rows, limits) => fitHistogram(rows, limits),
};

/**
 * 255 leaves are the setting of LightGBM's comparisons. 128 MiB hold the histograms of 255 leaves for 500
 * columns × classes.
 */
const BOUNDS: HistogramBounds = { leavesMax: 255, histogramBytesMax: 128 * 1_048_576 };

/**
 * Fits a classification tree of at most 255 leaves on at most 255 bins for each column. It suits large windows,
 * whose exact tree is larger than useful.
 *
 * Only boundaries between bins are considered (column-bins.ts defines the bins). The leaf whose best split lowers the
 * weighted Gini impurity most is split first; of equal drops the leaf that was made first goes first, and a
 * left child is made before its sibling. Within a node the larger score wins, then the lower feature, then the lower bin.
 * A split that lowers nothing is made while leaves are left, as in the exact engine, since exclusive or needs it. So a set
 * whose values all have bins of their own gets its exact tree when that tree has at most 255 leaves.
 *
 * Nodes stand in preorder. Where every value has a bin of its own, the order of rows does not change the tree. Throws `invariant`
 * on an empty set, on no feature, on a column of another length and on `minLeafRows` below 1.
 */
export function fitHistogram(rows: TrainingSet, limits: FitLimits, bounds = BOUNDS): Tree {
  checkTrainingSet(rows, limits);
  const root = new BestFirstFit(rows, binRows(rows), limits, bounds).fit();
  return treeInPreorder(root, rows);
}

import type { Tree } from '../../tree/tree';
import { TreeBuilder } from '../../tree/tree-builder';
import type { Engine } from '../engine';
import { checkTrainingSet, type FitLimits, type TrainingSet } from '../training-set';
import { CodedFit } from './coded-fit';
import { codeColumns } from './column-codes';
import { LocalFit } from './local-fit';
import { ScratchArena } from './scratch-arena';
import { tuningFor } from './tuning';

/** The default engine: exact CART on typed arrays. */
export const exactEngine: Engine = {
  name: 'exact',
  behaviour: 1,
  windowRowsMax: 10_000_000,
  // A fit of this size takes less time than the commit of its version, which blocks the thread as well.
  callingThreadValuesMax: 4_096,
  canShareFit: true,
  fit: fitExact,
};

/**
 * Fits a classification tree by CART with Gini impurity (Breiman et al., 1984), exactly: the split of a
 * node is the best one of all boundaries between distinct values. Large nodes are searched by class histograms
 * (coded-fit.ts). Small nodes, and large nodes that histograms leave undecided, are presorted (local-fit.ts,
 * presorted-fit.ts).
 *
 * Every impure node is split while it is above `maxDepth` and some boundary between distinct values leaves
 * `minLeafRows` on both sides. Nodes stand in preorder, a left child right after its parent. The order of rows
 * does not change the tree. Throws `invariant` on an empty set, on no feature, on a column of another length and on
 * `minLeafRows` below 1.
 *
 * `tuning`, `code` and `arena` change the speed and never the tree. A caller that has coded the columns hands in a `code`
 * that returns them; a caller that fits one window after another hands in the `arena` of the last fit.
 */
export function fitExact(
  rows: TrainingSet,
  limits: FitLimits,
  tuning = tuningFor(rows),
  code = codeColumns,
  arena: ScratchArena | null = null,
): Tree {
  checkTrainingSet(rows, limits);
  const counts = new Float64Array(rows.classNames.length);
  for (let row = 0; row < rows.rowCount; row++) counts[rows.classes[row]!]!++;
  const builder = new TreeBuilder(rows.featureNames, rows.classNames);
  if (rows.rowCount <= tuning.localRowsMax) {
    new LocalFit(rows, limits, builder).fit(null, rows.rowCount, 0, -1, counts);
    return builder.finish();
  }
  const columns = code(rows, tuning.bucketsMax);
  const lists = arena ?? ScratchArena.of(rows.rowCount, columns.length);
  new CodedFit(rows, columns, limits, builder, tuning, lists).fit(counts);
  return builder.finish();
}

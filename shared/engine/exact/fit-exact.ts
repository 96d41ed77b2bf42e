import type { Tree } from '../../tree/tree';
import { TreeBuilder } from '../../tree/tree-builder';
import type { Engine } from '../engine';
import { checkTrainingSet, type FitLimits, type TrainingSet } from '../training-set';
import { CodedFit } from './coded-fit';
import { codeColumns } from './column-codes';
import { LocalFit } from './local-fit';
import { ScratchArena } from './scratch-arena';
import { tuningFor } from './tuning';

/** The default engine: CART on typed arrays, every split considered. */
export const exactEngine: Engine = {
  name: 'exact',
  behaviour: 1,
  windowRowsMax: 10_000_000,
  // Such a fit takes less time than the commit of its version, which holds up the thread as well.
  callingThreadValuesMax: 4_096,
  canShareFit: true,
  fit: fitExact,
};

/**
 * Fits a classification tree by CART with Gini impurity (Breiman et al., 1984), exactly: every boundary between
 * distinct values is considered, though few are looked at. Large nodes are searched by class histograms (fit/coded-fit),
 * small ones, and large ones that histograms tell little about, by presorting (fit/local-fit, fit/presorted-fit).
 *
 * Every impure node is split while it is above `maxDepth` and some boundary between distinct values leaves
 * `minLeafRows` on both sides. Nodes stand in preorder, a left child right after its parent. The order of rows
 * changes nothing. Throws `invariant` on an empty set, on no feature, on a column of another length and on
 * `minLeafRows` below 1.
 *
 * `tuning` and `code` steer how fast it is and never what comes out; whoever has coded the columns already hands in a
 * `code` that gives them, and the `arena` that the last fit had.
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

import { invariant } from '../../errors';
import type { Tree } from '../../tree/tree';
import { TreeBuilder } from '../../tree/tree-builder';
import type { FitLimits, TrainingSet } from '../training-set';
import { CodedFit } from './coded-fit';
import { codeColumns } from './column-codes';
import { FitRoom } from './fit-room';
import { LocalFit } from './local-fit';
import { tuningFor } from './tuning';

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
 * `code` that gives them, and the `room` that the last fit had.
 */
export function fitExact(
  rows: TrainingSet,
  limits: FitLimits,
  tuning = tuningFor(rows),
  code = codeColumns,
  room: FitRoom | null = null,
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
  const lists = room ?? FitRoom.of(rows.rowCount, columns.length);
  new CodedFit(rows, columns, limits, builder, tuning, lists).fit(counts);
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

import { invariant } from '../errors';

/** Rows to fit a tree on, column by column, in their fixed (partition, offset, line) order. */
export interface TrainingSet {
  readonly rowCount: number;
  /** One array a feature, each of shape [rowCount]; finite, and never −0. */
  readonly columns: readonly Float64Array[];
  /** Class index of each row, shape [rowCount]. */
  readonly classes: Uint32Array;
  readonly featureNames: readonly string[];
  readonly classNames: readonly string[];
}

export interface FitLimits {
  /** Edges from the root; nodes at this depth are leaves. */
  readonly maxDepth: number;
  /** A split that leaves fewer rows on a side is no split. */
  readonly minLeafRows: number;
}

/** Throws `invariant` on an empty set, on no feature, on a column of another length and on `minLeafRows` below 1. */
export function checkTrainingSet(rows: TrainingSet, limits: FitLimits): void {
  invariant(rows.rowCount > 0, 'a tree is fitted on at least one row');
  invariant(rows.columns.length > 0, 'a tree is fitted on at least one feature');
  invariant(
    rows.columns.every((column) => column.length === rows.rowCount) && rows.classes.length === rows.rowCount,
    'every column has one value a row',
  );
  invariant(limits.minLeafRows >= 1, 'a leaf holds at least one row');
}

/**
 * False when a node is a leaf whatever its values are: at `maxDepth`, of one class, or too small for two leaves. `counts`
 * are the node's rows of each class, shape [classes].
 */
export function isSplittable(counts: Float64Array, depth: number, limits: FitLimits): boolean {
  let rows = 0;
  let largest = 0;
  for (let k = 0; k < counts.length; k++) {
    const count = counts[k]!;
    rows += count;
    if (count > largest) largest = count;
  }
  return depth < limits.maxDepth && largest < rows && rows >= 2 * limits.minLeafRows;
}

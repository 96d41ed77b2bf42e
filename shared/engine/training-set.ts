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

/** A row on its way to the log. `features` has shape [nFeatures]; a cell that is not a number stays the text it was. */
export interface SourceRow {
  readonly features: readonly (number | string)[];
  readonly label: string;
}

/** Where rows come from: a file in its order, a file shuffled, or a simulation. */
export interface RowSource {
  /** Base name of the file; travels as `alder-file`, so that a restart knows its own rows. */
  readonly file: string;
  /** How many rows there will be; null where only the end tells. */
  readonly rowCount: number | null;
  /** The seed of a simulation, null for the file's own rows. */
  readonly simulatedSeed: number | null;
  /** Every row from the first on. Asked again it gives the same rows in the same order. */
  rows(): AsyncIterable<SourceRow>;
  /**
   * The same rows, many at a time, from a source that has them at hand: a step of an async sequence for each row takes
   * longer than to encode it.
   */
  runs?(): AsyncIterable<readonly SourceRow[]>;
}

/** Rows that a shuffle or a simulation holds in memory; at 4 features some 300 MB. */
export const HELD_ROWS_MAX = 2_000_000;

/** A row of a source. `features` has shape [nFeatures]; a cell that is not a number stays text. */
export interface SourceRow {
  readonly features: readonly (number | string)[];
  readonly label: string;
}

/** Rows for the producer: of a file in file order, of a file shuffled, or of a simulation. */
export interface RowSource {
  /** Base name of the file; the header `alder-file` carries it, so that a resumed run knows its own rows. */
  readonly file: string;
  /** The number of rows; null where it is unknown before the end. */
  readonly rowCount: number | null;
  /** The seed of a simulation, null for the file's own rows. */
  readonly simulatedSeed: number | null;
  /** Every row from the first on. Each call gives the same rows in the same order. */
  rows(): AsyncIterable<SourceRow>;
  /**
   * The same rows in arrays, from a source that holds them in memory: one step of an async iterator for each row takes
   * longer than encoding the row.
   */
  runs?(): AsyncIterable<readonly SourceRow[]>;
}

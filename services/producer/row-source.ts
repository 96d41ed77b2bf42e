import type { Schema } from '../../shared/row/schema';

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
}

/** Rows that a shuffle or a simulation holds in memory; at 4 features some 300 MB. */
export const HELD_ROWS_MAX = 2_000_000;

/** Tells which rows the trainer is bound to refuse: a feature that is not a number, or a class unknown to the schema. */
export function rejectionForecast(schema: Schema): (row: SourceRow) => boolean {
  const classes = new Set(schema.label.classes);
  return (row) => !classes.has(row.label) || row.features.some((cell) => typeof cell === 'string');
}

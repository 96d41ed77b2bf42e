import type { TrainingSet } from '../training-set';
import { columnEdges, ValueBins } from './column-bins';

/** Rows that are binned in all columns before the next rows: their bins stay in the second-level cache. */
const ROWS_AT_ONCE = 2_048;

/** The bin of every value, one byte each. */
export interface BinnedRows {
  readonly features: number;
  /**
   * Shape [rowCount, features], row-major. The rows of a node lie far apart. The bins of one row stand side by side, so
   * counting a row reads one cache line instead of one for each column.
   */
  readonly byRow: Uint8Array;
  /** The same bins by column, each of shape [rowCount]: dividing a node reads one column of all its rows. */
  readonly byColumn: readonly Uint8Array[];
  /** The largest number of bins of a column, at most 255. */
  readonly binsMax: number;
}

export function binRows({ columns, rowCount }: TrainingSet): BinnedRows {
  const features = columns.length;
  const binsOf = columns.map((column) => new ValueBins(columnEdges(column)));
  const byRow = new Uint8Array(rowCount * features);
  const byColumn = columns.map(() => new Uint8Array(rowCount));
  for (let from = 0; from < rowCount; from += ROWS_AT_ONCE) {
    const to = Math.min(rowCount, from + ROWS_AT_ONCE);
    for (let feature = 0; feature < features; feature++) {
      binsOf[feature]!.writeBins(columns[feature]!, from, to, byColumn[feature]!);
      spread(byColumn[feature]!, from, to, byRow, feature, features);
    }
  }
  return { features, byRow, byColumn, binsMax: Math.max(...binsOf.map(({ edges }) => edges.length)) };
}

function spread(
  binOf: Uint8Array,
  from: number,
  to: number,
  byRow: Uint8Array,
  feature: number,
  features: number,
): void {
  let at = from * features + feature;
  for (let row = from; row < to; row++, at += features) byRow[at] = binOf[row]!;
}

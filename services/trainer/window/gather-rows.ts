import type { TrainingSet } from '../../../shared/engine/training-set';
import type { RowPiece } from './chunked-rows';

/** A window's rows where they lie, in (partition, offset, line) order: little to hand to another thread, however many rows. */
export interface WindowTable {
  readonly pieces: readonly RowPiece[];
  /** Rows that are not held out. */
  readonly fittedRows: number;
  readonly heldOutRows: number;
  readonly featureNames: readonly string[];
  readonly classNames: readonly string[];
}

/** Rows to be predicted one by one. */
export interface ScoringSet {
  readonly rowCount: number;
  /** The rows' features, row-major, some rows at a time; one batch is overwritten by the next. */
  batches(): Iterable<Float64Array>;
  /** Shape [rowCount]. */
  readonly classes: Uint32Array;
}

/** Where a table goes: one column a feature and the classes, each of shape [rowCount]. */
export interface TableArrays {
  readonly columns: readonly Float64Array[];
  readonly classes: Uint32Array;
}

/** Copies the rows that a tree is fitted on into columns; into arrays of their own unless some are given. */
export function gatherFitted(window: WindowTable, into: TableArrays = newArrays(window)): TrainingSet {
  const { pieces, fittedRows, featureNames, classNames } = window;
  const { columns, classes } = into;
  let rows = 0;
  // A piece at a time, which is in the second cache from its second feature on.
  for (const piece of pieces) {
    for (const [feature, column] of columns.entries()) {
      copyFittedValues(piece, feature, columns.length, column, rows);
    }
    rows = copyFittedClasses(piece, classes, rows);
  }
  return { rowCount: fittedRows, columns, classes, featureNames, classNames };
}

/** The held-out rows, to be scored as long as the window's rows stay where they are. */
export function gatherHeldOut({ pieces, heldOutRows, featureNames }: WindowTable): ScoringSet {
  const classes = new Uint32Array(heldOutRows);
  let rows = 0;
  for (const { classes: ofPiece, heldOut, from, end } of pieces) {
    for (let i = from; i < end; i++) if (heldOut[i] === 1) classes[rows++] = ofPiece[i]!;
  }
  return { rowCount: heldOutRows, classes, batches: () => heldOutBatches(pieces, featureNames.length) };
}

function* heldOutBatches(pieces: readonly RowPiece[], width: number): Generator<Float64Array> {
  const rowsMax = Math.max(0, ...pieces.map(({ from, end }) => end - from));
  const batch = new Float64Array(rowsMax * width);
  for (const { features, heldOut, from, end } of pieces) {
    let at = 0;
    for (let i = from; i < end; i++) {
      if (heldOut[i] === 0) continue;
      for (let f = 0; f < width; f++) batch[at++] = features[i * width + f]!;
    }
    yield batch.subarray(0, at);
  }
}

function newArrays({ fittedRows, featureNames }: WindowTable): TableArrays {
  return {
    columns: featureNames.map(() => new Float64Array(fittedRows)),
    classes: new Uint32Array(fittedRows),
  };
}

function copyFittedValues(
  { features, heldOut, from, end }: RowPiece,
  feature: number,
  width: number,
  column: Float64Array,
  rows: number,
): void {
  let into = rows;
  for (let i = from; i < end; i++) if (heldOut[i] === 0) column[into++] = features[i * width + feature]!;
}

/** Gives how many rows there are with those of the piece. */
function copyFittedClasses(
  { classes, heldOut, from, end }: RowPiece,
  fittedClasses: Uint32Array,
  rows: number,
): number {
  let into = rows;
  for (let i = from; i < end; i++) if (heldOut[i] === 0) fittedClasses[into++] = classes[i]!;
  return into;
}

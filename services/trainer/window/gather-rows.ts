import type { TrainingSet } from '../../../shared/engine/training-set';
import type { RowPiece } from './chunked-rows';
import type { PartitionRows } from './partition-rows';

/** Rows [from, end) of one partition's store. */
export interface RowSpan {
  readonly store: PartitionRows;
  readonly from: number;
  readonly end: number;
}

/**
 * A window's rows in place, in (partition, offset, line) order whatever the order of arrival. It is small however many
 * rows it describes, so handing it to another thread costs little.
 */
export interface WindowTable {
  readonly pieces: readonly RowPiece[];
  /** Rows that are not held out. */
  readonly fittedRows: number;
  readonly heldOutRows: number;
  readonly featureNames: readonly string[];
  readonly classNames: readonly string[];
}

/** Rows to be scored. */
export interface ScoringSet {
  readonly rowCount: number;
  /** The rows' features, row-major, in batches; each batch overwrites the one before. */
  batches(): Iterable<Float64Array>;
  /** Shape [rowCount]. */
  readonly classes: Uint32Array;
}

/** Memory for a training set: one column a feature and the classes, each of shape [rowCount]. */
export interface TableArrays {
  readonly columns: readonly Float64Array[];
  readonly classes: Uint32Array;
}

/** The rows of the spans in place. They can be read until a store drops them; stores may grow meanwhile. */
export function windowTable(
  spans: readonly RowSpan[],
  featureNames: readonly string[],
  classNames: readonly string[],
): WindowTable {
  const fittedRows = countFitted(spans);
  return {
    pieces: spans.flatMap(({ store, from, end }) => store.rows.pieces(from, end)),
    fittedRows,
    heldOutRows: countRows(spans) - fittedRows,
    featureNames,
    classNames,
  };
}

/** Copies the fitted rows into columns: into the given arrays, otherwise into new ones. */
export function gatherFitted(window: WindowTable, into: TableArrays = newArrays(window)): TrainingSet {
  const { pieces, fittedRows, featureNames, classNames } = window;
  const { columns, classes } = into;
  let rows = 0;
  // Piece by piece: a piece stays in the second-level cache from its second feature on.
  for (const piece of pieces) {
    for (const [feature, column] of columns.entries()) {
      copyFittedValues(piece, feature, columns.length, column, rows);
    }
    rows = copyFittedClasses(piece, classes, rows);
  }
  return { rowCount: fittedRows, columns, classes, featureNames, classNames };
}

/** The held-out rows; they can be scored until a store drops rows of the window. */
export function gatherHeldOut({ pieces, heldOutRows, featureNames }: WindowTable): ScoringSet {
  const classes = new Uint32Array(heldOutRows);
  let rows = 0;
  for (const { classes: ofPiece, heldOut, from, end } of pieces) {
    for (let i = from; i < end; i++) if (heldOut[i] === 1) classes[rows++] = ofPiece[i]!;
  }
  return { rowCount: heldOutRows, classes, batches: () => heldOutBatches(pieces, featureNames.length) };
}

/** The rows of the spans, split by the holdout. */
export function gatherWindow(
  spans: readonly RowSpan[],
  featureNames: readonly string[],
  classNames: readonly string[],
): { readonly fitted: TrainingSet; readonly heldOut: ScoringSet } {
  const table = windowTable(spans, featureNames, classNames);
  return { fitted: gatherFitted(table), heldOut: gatherHeldOut(table) };
}

export function countRows(spans: readonly RowSpan[]): number {
  return spans.reduce((rows, span) => rows + span.end - span.from, 0);
}

export function countFitted(spans: readonly RowSpan[]): number {
  let fitted = 0;
  for (const { store, from, end } of spans) {
    store.rows.visit(from, end, ({ heldOut }, chunkFrom, chunkEnd) => {
      for (let i = chunkFrom; i < chunkEnd; i++) fitted += 1 - heldOut[i]!;
    });
  }
  return fitted;
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

/** Gives the number of rows after those of the piece. */
function copyFittedClasses(
  { classes, heldOut, from, end }: RowPiece,
  fittedClasses: Uint32Array,
  rows: number,
): number {
  let into = rows;
  for (let i = from; i < end; i++) if (heldOut[i] === 0) fittedClasses[into++] = classes[i]!;
  return into;
}

import { createHash } from 'node:crypto';
import type { TrainingSet } from '../../../shared/engine/training-set';
import { isHeldOut } from '../../../shared/evaluation/holdout';
import type { Schema } from '../../../shared/row/schema';
import type { RowSpan } from './retained-rows';

/** Rows to be predicted one by one: features of shape [rowCount, features], row-major. */
export interface PredictSet {
  readonly rowCount: number;
  readonly features: Float64Array;
  readonly classes: Uint32Array;
}

/** The two sides of a window: the fitted rows and the holdout rows. */
interface WindowSet {
  readonly fitted: TrainingSet;
  readonly heldOut: PredictSet;
}

export function rowsIn(spans: readonly RowSpan[]): number {
  return spans.reduce((rows, { from, to }) => rows + to - from, 0);
}

/** Splits a window by the holdout's hash, in (partition, offset, line) order. */
export function splitWindow(spans: readonly RowSpan[], schema: Schema, holdoutShare: number): WindowSet {
  const sides = spans.map((span) => sideOfRows(span, holdoutShare));
  const rowsOnSide = (wanted: 0 | 1) =>
    sides.reduce((rows, side) => rows + side.filter((s) => s === wanted).length, 0);
  const featureNames = schema.features.map(({ name }) => name);
  const width = featureNames.length;
  const fittedRows = rowsOnSide(0);
  const columns = featureNames.map(() => new Float64Array(fittedRows));
  const classes = new Uint32Array(fittedRows);
  const heldOutRows = rowsOnSide(1);
  const heldOut = {
    rowCount: heldOutRows,
    features: new Float64Array(heldOutRows * width),
    classes: new Uint32Array(heldOutRows),
  };
  const at = [0, 0];
  for (const [s, { rows, from, to }] of spans.entries()) {
    for (let row = from; row < to; row++) {
      const side = sides[s]![row - from]!;
      const place = at[side]!++;
      const values = rows.columns.features.subarray(row * width, (row + 1) * width);
      if (side === 1) heldOut.features.set(values, place * width);
      else for (let f = 0; f < width; f++) columns[f]![place] = values[f]!;
      (side === 1 ? heldOut.classes : classes)[place] = rows.columns.classes[row]!;
    }
  }
  const classNames = schema.label.classes;
  return { fitted: { rowCount: fittedRows, columns, classes, featureNames, classNames }, heldOut };
}

/**
 * Hex sha256 over the rows in (partition, offset, line) order: u32 partition, u64 offset, u32 line, the features as
 * f64, u32 class, all little-endian.
 */
export function digestOfRows(spans: readonly RowSpan[], featureCount: number): string {
  const hash = createHash('sha256');
  const bytes = new Uint8Array(4 + 8 + 4 + featureCount * 8 + 4);
  const view = new DataView(bytes.buffer);
  for (const { rows, from, to } of spans) {
    const { lines, features, classes } = rows.columns;
    for (let row = from; row < to; row++) {
      view.setUint32(0, rows.partition, true);
      view.setBigUint64(4, BigInt(rows.offsetOf(row)), true);
      view.setUint32(12, lines[row]!, true);
      for (let f = 0; f < featureCount; f++)
        view.setFloat64(16 + f * 8, features[row * featureCount + f]!, true);
      view.setUint32(16 + featureCount * 8, classes[row]!, true);
      hash.update(bytes);
    }
  }
  return hash.digest('hex');
}

/** 1 for a holdout row, 0 for a fitted row. */
function sideOfRows({ rows, from, to }: RowSpan, holdoutShare: number): Uint8Array {
  return Uint8Array.from({ length: to - from }, (_, i) => {
    const row = from + i;
    return isHeldOut(rows.partition, rows.offsetOf(row), rows.columns.lines[row]!, holdoutShare) ? 1 : 0;
  });
}

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

/** A window taken apart again: what a version was fitted on, and what it was judged on. */
export interface WindowSet {
  readonly fitted: TrainingSet;
  readonly heldOut: PredictSet;
}

export function rowsIn(spans: readonly RowSpan[]): number {
  return spans.reduce((rows, { from, to }) => rows + to - from, 0);
}

/** Splits a window by the holdout's hash, in (partition, offset, line) order. */
export function splitWindow(spans: readonly RowSpan[], schema: Schema, holdoutShare: number): WindowSet {
  const sides = spans.map((span) => sideOfRows(span, holdoutShare));
  const isHeld = (held: 0 | 1) =>
    sides.reduce((rows, side) => rows + side.filter((s) => s === held).length, 0);
  const featureNames = schema.features.map(({ name }) => name);
  const width = featureNames.length;
  const fittedRows = isHeld(0);
  const columns = featureNames.map(() => new Float64Array(fittedRows));
  const classes = new Uint32Array(fittedRows);
  const heldOutRows = isHeld(1);
  const heldOut = {
    rowCount: heldOutRows,
    features: new Float64Array(heldOutRows * width),
    classes: new Uint32Array(heldOutRows),
  };
  const at = [0, 0];
  for (const [s, { kept, from, to }] of spans.entries()) {
    for (let row = from; row < to; row++) {
      const side = sides[s]![row - from]!;
      const place = at[side]!++;
      const values = kept.columns.features.subarray(row * width, (row + 1) * width);
      if (side === 1) heldOut.features.set(values, place * width);
      else for (let f = 0; f < width; f++) columns[f]![place] = values[f]!;
      (side === 1 ? heldOut.classes : classes)[place] = kept.columns.classes[row]!;
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
  for (const { kept, from, to } of spans) {
    const { lines, features, classes } = kept.columns;
    for (let row = from; row < to; row++) {
      view.setUint32(0, kept.partition, true);
      view.setBigUint64(4, BigInt(kept.offsetOf(row)), true);
      view.setUint32(12, lines[row]!, true);
      for (let f = 0; f < featureCount; f++)
        view.setFloat64(16 + f * 8, features[row * featureCount + f]!, true);
      view.setUint32(16 + featureCount * 8, classes[row]!, true);
      hash.update(bytes);
    }
  }
  return hash.digest('hex');
}

/** 1 for a held-out row, 0 for one that is fitted on. */
function sideOfRows({ kept, from, to }: RowSpan, holdoutShare: number): Uint8Array {
  return Uint8Array.from({ length: to - from }, (_, i) => {
    const row = from + i;
    return isHeldOut(kept.partition, kept.offsetOf(row), kept.columns.lines[row]!, holdoutShare) ? 1 : 0;
  });
}

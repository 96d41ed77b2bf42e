import { createHash } from 'node:crypto';
import type { TrainingSet } from '../../../shared/tree/training-set';
import type { PartitionRows } from './partition-rows';

/** Rows [from, end) of one partition's store. */
export interface RowSpan {
  readonly store: PartitionRows;
  readonly from: number;
  readonly end: number;
}

/** Rows in row-major order, to be predicted one by one: features of shape [rowCount, features]. */
export interface ScoringSet {
  readonly rowCount: number;
  readonly features: Float64Array;
  readonly classes: Uint32Array;
}

/** A window split by the holdout, in (partition, offset, line) order, whatever the order in which rows arrived. */
export interface WindowRows {
  readonly window: number;
  readonly fitted: TrainingSet;
  readonly heldOut: ScoringSet;
}

export function countRows(spans: readonly RowSpan[]): number {
  return spans.reduce((rows, span) => rows + span.end - span.from, 0);
}

export function countFitted(spans: readonly RowSpan[]): number {
  let fitted = 0;
  for (const { store, from, end } of spans) for (let i = from; i < end; i++) fitted += 1 - store.heldOut[i]!;
  return fitted;
}

/** Copies the spans' rows out, so that the stores may grow and move while a fit runs. */
export function gatherWindow(
  spans: readonly RowSpan[],
  featureNames: readonly string[],
  classNames: readonly string[],
): WindowRows {
  const features = featureNames.length;
  const fittedRows = countFitted(spans);
  const window = countRows(spans);
  // Shared memory, so that the threads of a fit read one copy.
  const columns = featureNames.map(() => new Float64Array(new SharedArrayBuffer(8 * fittedRows)));
  const classes = new Uint32Array(new SharedArrayBuffer(4 * fittedRows));
  const heldOutFeatures = new Float64Array((window - fittedRows) * features);
  const heldOutClasses = new Uint32Array(window - fittedRows);
  let fitted = 0;
  let heldOut = 0;
  for (const { store, from, end } of spans) {
    const { rows } = store;
    for (let i = from; i < end; i++) {
      const at = i * features;
      if (store.heldOut[i] === 1) {
        for (let f = 0; f < features; f++) heldOutFeatures[heldOut * features + f] = rows.features[at + f]!;
        heldOutClasses[heldOut++] = rows.classes[i]!;
      } else {
        for (let f = 0; f < features; f++) columns[f]![fitted] = rows.features[at + f]!;
        classes[fitted++] = rows.classes[i]!;
      }
    }
  }
  return {
    window,
    fitted: { rowCount: fittedRows, columns, classes, featureNames, classNames },
    heldOut: { rowCount: heldOut, features: heldOutFeatures, classes: heldOutClasses },
  };
}

/**
 * Hex sha256 over the rows in (partition, offset, line) order; for each row u32 partition, u64 offset, u32 line,
 * the features as f64 and u32 class, all little-endian.
 */
export function rowsDigest(spans: readonly RowSpan[]): string {
  const hash = createHash('sha256');
  for (const { store, from, end } of spans) {
    const { rows } = store;
    const bytesPerRow = 20 + rows.featureCount * 8;
    const chunkRows = Math.max(1, Math.floor(65_536 / bytesPerRow));
    const chunk = Buffer.allocUnsafe(chunkRows * bytesPerRow);
    let filled = 0;
    for (let i = from; i < end; i++) {
      filled = chunk.writeUInt32LE(store.partition, filled);
      filled = chunk.writeBigUInt64LE(BigInt(store.offsets[i]!), filled);
      filled = chunk.writeUInt32LE(rows.lines[i]!, filled);
      for (let f = 0; f < rows.featureCount; f++) {
        filled = chunk.writeDoubleLE(rows.features[i * rows.featureCount + f]!, filled);
      }
      filled = chunk.writeUInt32LE(rows.classes[i]!, filled);
      if (filled === chunk.length) {
        hash.update(chunk);
        filled = 0;
      }
    }
    hash.update(chunk.subarray(0, filled));
  }
  return hash.digest('hex');
}

import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
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
      if (store.heldOut[i] === 1) heldOutClasses[heldOut++] = rows.classes[i]!;
      else classes[fitted++] = rows.classes[i]!;
    }
  }
  for (let f = 0; f < features; f++) gatherFeature(spans, f, columns[f]!, heldOutFeatures);
  return {
    window,
    fitted: { rowCount: fittedRows, columns, classes, featureNames, classNames },
    heldOut: { rowCount: heldOut, features: heldOutFeatures, classes: heldOutClasses },
  };
}

/** One feature at a time, so that the loop writes to one column and keeps it at hand. */
function gatherFeature(
  spans: readonly RowSpan[],
  feature: number,
  column: Float64Array,
  heldOutFeatures: Float64Array,
): void {
  let fitted = 0;
  let heldOutAt = feature;
  for (const { store, from, end } of spans) {
    const { features, featureCount } = store.rows;
    const { heldOut } = store;
    for (let i = from; i < end; i++) {
      const value = features[i * featureCount + feature]!;
      if (heldOut[i] === 1) {
        heldOutFeatures[heldOutAt] = value;
        heldOutAt += featureCount;
      } else {
        column[fitted++] = value;
      }
    }
  }
}

/**
 * Hex sha256 over the rows in (partition, offset, line) order; for each row u32 partition, u64 offset, u32 line,
 * the features as f64 and u32 class, all little-endian.
 *
 * Every field is whole 32-bit words, so a row is written as words, those of its features as they lie in memory: a
 * window is hashed at every cut, and field by field through a Buffer that took ten times as long as the hashing.
 */
export function rowsDigest(spans: readonly RowSpan[]): string {
  const hash = createHash('sha256');
  for (const { store, from, end } of spans) {
    const { rows, offsets, partition } = store;
    const { lines, classes } = rows;
    const featureWords = rows.featureCount * 2;
    const features = new Uint32Array(
      rows.features.buffer,
      rows.features.byteOffset,
      rows.features.length * 2,
    );
    const rowWords = 5 + featureWords;
    const chunkRows = Math.max(1, Math.floor(CHUNK_WORDS / rowWords));
    const chunk = new Uint32Array(Math.min(chunkRows, end - from) * rowWords);
    for (let chunkFrom = from; chunkFrom < end; chunkFrom += chunkRows) {
      const chunkEnd = Math.min(chunkFrom + chunkRows, end);
      let at = 0;
      for (let i = chunkFrom; i < chunkEnd; i++) {
        const offset = offsets[i]!;
        chunk[at++] = partition;
        chunk[at++] = offset;
        chunk[at++] = offset / TWO_TO_32;
        chunk[at++] = lines[i]!;
        for (let word = i * featureWords; word < (i + 1) * featureWords; word += 2) {
          chunk[at++] = features[word + LOW_WORD]!;
          chunk[at++] = features[word + 1 - LOW_WORD]!;
        }
        chunk[at++] = classes[i]!;
      }
      hash.update(littleEndian(chunk, at));
    }
  }
  return hash.digest('hex');
}

const CHUNK_WORDS = 16_384;
const TWO_TO_32 = 4_294_967_296;
/** Which of a double's two words in memory is the low one. */
const LOW_WORD = endianness() === 'LE' ? 0 : 1;

function littleEndian(words: Uint32Array<ArrayBuffer>, count: number): Uint8Array {
  const bytes = Buffer.from(words.buffer, words.byteOffset, count * 4);
  return LOW_WORD === 0 ? bytes : bytes.swap32();
}

import { createHash, type Hash } from 'node:crypto';
import { endianness } from 'node:os';
import type { RowSpan } from './gather-rows';
import type { RowChunk } from './row-chunk';

const BATCH_WORDS = 16_384;
const TWO_TO_32 = 4_294_967_296;
/** Index of the low word of a double's two words in memory. */
const LOW_WORD = endianness() === 'LE' ? 0 : 1;

/**
 * Hex sha256 over the rows in (partition, offset, line) order. Each row is u32 partition, u64 offset, u32 line, the
 * features as f64 and u32 class, all little-endian.
 *
 * Every field is a whole number of 32-bit words, so a row is written as words and its features are copied as they lie
 * in memory. Writing single fields through a Buffer took ten times as long as the hashing, and every cut hashes a window.
 */
export function rowsDigest(spans: readonly RowSpan[]): string {
  const hash = createHash('sha256');
  for (const { store, from, end } of spans) {
    const { rows, partition } = store;
    const rowWords = 5 + rows.featureCount * 2;
    const batchRows = Math.max(1, Math.floor(BATCH_WORDS / rowWords));
    const batch = new Uint32Array(Math.min(batchRows, end - from) * rowWords);
    rows.visit(from, end, (chunk, chunkFrom, chunkEnd) => {
      for (let at = chunkFrom; at < chunkEnd; at += batchRows) {
        hashRows(hash, batch, chunk, partition, rows.featureCount, at, Math.min(at + batchRows, chunkEnd));
      }
    });
  }
  return hash.digest('hex');
}

/** Adds rows [from, end) of a chunk through `batch`, which holds at least that many. */
function hashRows(
  hash: Hash,
  batch: Uint32Array<ArrayBuffer>,
  chunk: RowChunk,
  partition: number,
  featureCount: number,
  from: number,
  end: number,
): void {
  const { lines, classes } = chunk;
  const featureWords = featureCount * 2;
  const features = new Uint32Array(chunk.features.buffer, chunk.features.byteOffset, end * featureWords);
  let at = 0;
  for (let i = from; i < end; i++) {
    const offset = chunk.offsetOf(i);
    batch[at++] = partition;
    batch[at++] = offset;
    batch[at++] = offset / TWO_TO_32;
    batch[at++] = lines[i]!;
    for (let word = i * featureWords; word < (i + 1) * featureWords; word += 2) {
      batch[at++] = features[word + LOW_WORD]!;
      batch[at++] = features[word + 1 - LOW_WORD]!;
    }
    batch[at++] = classes[i]!;
  }
  hash.update(littleEndian(batch, at));
}

function littleEndian(words: Uint32Array<ArrayBuffer>, count: number): Uint8Array {
  const bytes = Buffer.from(words.buffer, words.byteOffset, count * 4);
  return LOW_WORD === 0 ? bytes : bytes.swap32();
}

/**
 * Whether a row belongs to the holdout, which its coordinates alone decide. No version is ever fitted on a holdout row,
 * so champion and candidate are compared on rows that neither has seen. `holdoutShare` is in [0, 1]; with 0 there is no
 * holdout. `offset` is a non-negative safe integer, `line` the 0-based line inside the message.
 */
export function isHeldOut(partition: number, offset: number, line: number, holdoutShare: number): boolean {
  return holdoutHash(partition, offset, line) >>> 0 < holdoutShare * TWO_TO_32;
}

/**
 * A row's hash as a signed 32-bit integer: Spark SQL's `hash(partition, offset)` over an int and a long for the first
 * line of a message, and `hash(partition, offset, line)` for later lines. Each value is hashed with the hash so far as
 * its seed, beginning at 42 (`Murmur3_x86_32.java`: hashInt, hashLong). So Spark can compute the same holdout.
 */
export function holdoutHash(partition: number, offset: number, line: number): number {
  const message = hashLong(offset, hashInt(partition, SPARK_SEED));
  return line === 0 ? message : hashInt(line, message);
}

const SPARK_SEED = 42;
const TWO_TO_32 = 4_294_967_296;

// MurmurHash3 x86 32-bit (Austin Appleby, smhasher, `MurmurHash3_x86_32`), on blocks of four bytes without a tail.

function hashInt(value: number, seed: number): number {
  return finish(mix(seed, value), 4);
}

/** Low word first, then the high word; a double holds both exactly up to 2^53. */
function hashLong(value: number, seed: number): number {
  const low = value >>> 0;
  const high = Math.floor(value / TWO_TO_32);
  return finish(mix(mix(seed, low), high), 8);
}

function mix(hash: number, block: number): number {
  const scrambled = Math.imul(rotateLeft(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(rotateLeft(hash ^ scrambled, 13), 5) + 0xe6546b64) | 0;
}

function finish(hash: number, bytes: number): number {
  let h = hash ^ bytes;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

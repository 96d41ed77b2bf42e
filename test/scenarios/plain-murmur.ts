/**
 * A second, independent implementation of MurmurHash3 x86 32-bit, written from its reference with BigInt, to compare the
 * product's hash with. Values are chained as in Spark SQL's `hash`, from seed 42.
 */
export function plainHoldoutHash(partition: number, offset: number, line: number): bigint {
  const seed = murmur(littleEndian(BigInt(partition), 4), 42n);
  const message = murmur(littleEndian(BigInt(offset), 8), seed);
  return line === 0 ? message : murmur(littleEndian(BigInt(line), 4), message);
}

/** Whether a row is a holdout row: its hash as an unsigned integer is below `share` · 2^32. */
export function isPlainlyHeldOut(partition: number, offset: number, line: number, share: number): boolean {
  return Number(plainHoldoutHash(partition, offset, line)) < share * 2 ** 32;
}

const WORD = 0xffffffffn;

/** Supports only lengths that are a multiple of four, so the reference's tail step is absent. */
function murmur(bytes: Uint8Array, seed: bigint): bigint {
  let h = seed;
  for (let i = 0; i < bytes.length; i += 4) {
    let k = 0n;
    for (let b = 3; b >= 0; b--) k = (k << 8n) | BigInt(bytes[i + b]!);
    k = (k * 0xcc9e2d51n) & WORD;
    k = rotate(k, 15n);
    k = (k * 0x1b873593n) & WORD;
    h = rotate(h ^ k, 13n);
    h = (h * 5n + 0xe6546b64n) & WORD;
  }
  h ^= BigInt(bytes.length);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & WORD;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & WORD;
  return h ^ (h >> 16n);
}

function rotate(word: bigint, bits: bigint): bigint {
  return ((word << bits) | (word >> (32n - bits))) & WORD;
}

function littleEndian(value: bigint, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

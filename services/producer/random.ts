/** Randomness from a seed: the same seed gives the same draws on every machine and in every JavaScript engine. */
export interface Random {
  /** A whole number in [0, 2^32). */
  word(): number;
  /** A number in [0, 1), a multiple of 2^-53. */
  uniform(): number;
  /** A whole number in [0, bound), for a bound up to 2^32; the bias is below 2^-21. */
  below(bound: number): number;
  /** Mean 0, standard deviation 1, within ±6. */
  gaussian(): number;
}

/** Draws for a seed, a whole number in [0, 2^53). */
export function seededRandom(seed: number): Random {
  const low = splitmix32(seed >>> 0);
  const high = splitmix32((Math.floor(seed / 2 ** 32) ^ 0x5bd1e995) >>> 0);
  // Each word depends on the whole seed: the first draws come from one word of the state alone.
  return xoshiro128(low() ^ high(), low() ^ high(), low() ^ high(), low() ^ high());
}

/**
 * The generator xoshiro128** (Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2018), period
 * 2^128 − 1, from a state of four 32-bit words that are not all zero.
 */
export function xoshiro128(s0: number, s1: number, s2: number, s3: number): Random {
  const word = (): number => {
    const drawn = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotateLeft(s3, 11);
    return drawn;
  };
  const uniform = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  return {
    word,
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
    gaussian: () => twelveUniforms(uniform),
  };
}

/**
 * The sum of twelve uniform draws less six has variance 12 · 1/12 = 1. Box and Muller's way would reach further tails,
 * but its logarithm and cosine may differ in the last bit between engines; sums do not.
 */
function twelveUniforms(uniform: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += uniform();
  return sum;
}

/** Spreads a small seed over whole words, so that seeds 1 and 2 start far apart (finaliser of MurmurHash3). */
function splitmix32(state: number): () => number {
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

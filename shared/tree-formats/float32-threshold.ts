import { nextDown } from '../tree/next-double';

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The smallest float32 above a finite one; ∞ above the largest. */
function nextFloat32(value: number): number {
  float[0] = value;
  if (value === 0) bits[0] = 1;
  // Floats of one sign are ordered as their bits are, by magnitude.
  else bits[0]! += value > 0 ? 1 : -1;
  return float[0]!;
}

/** What comes above the largest float32 as far as rounding goes: 2^128, had it the exponent for that (IEEE 754, 4.3.1). */
const BEYOND = 2 ** 128;

/**
 * The double limit that sorts doubles as a float32 limit sorts them once they are rounded: `x <= widened` exactly when
 * `Math.fround(x) <= threshold`, for every double x. `threshold` is a finite float32.
 *
 * That is the largest double which rounds to at most the threshold: the midpoint to the next float32 where ties, which
 * go to the even neighbour, go down, and otherwise the double below the midpoint. The midpoint is a double, as floats
 * have 29 bits less.
 */
export function widenThreshold(threshold: number): number {
  const next = nextFloat32(threshold);
  const middle = (threshold + (next === Number.POSITIVE_INFINITY ? BEYOND : next)) / 2;
  return Math.fround(middle) <= threshold ? middle : nextDown(middle);
}

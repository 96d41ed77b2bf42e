/** 10^22 is the largest power of ten that is a double: 5^22 is below 2^53. */
const EXACT_POWER_MAX = 22;
export const POWERS_OF_TEN = Float64Array.from({ length: EXACT_POWER_MAX + 1 }, (_, power) =>
  Number(`1e${power}`),
);

/** The most digits of `high` and of `low`. Each fits into 30 bits, and 18 digits hold the shortest text of any double. */
export const PART_DIGITS_MAX = 9;

/** Veltkamp's constant: halves of 26 bits whose products are exact. */
const SPLITTER = 2 ** 27 + 1;

/**
 * The double nearest to (high × 10^lowDigits + low) × 10^scale, ties to even, for whole numbers `high` and `low` below
 * 10^9, where `low` has at most `lowDigits` <= 9 digits. NaN where this function cannot decide; the caller then passes
 * the number's text to `Number`.
 */
export function nearestDouble(high: number, low: number, lowDigits: number, scale: number): number {
  // Exact: high × 5^lowDigits is below 10^9 × 5^9 < 2^53.
  const upper = high * POWERS_OF_TEN[lowDigits]!;
  const significand = upper + low;
  if (scale < -EXACT_POWER_MAX || scale > EXACT_POWER_MAX) return Number.NaN;
  if (significand <= Number.MAX_SAFE_INTEGER) {
    // Both operands are exact, so the one multiplication or division rounds correctly (Clinger 1990, fast path).
    return scale < 0 ? significand / POWERS_OF_TEN[-scale]! : significand * POWERS_OF_TEN[scale]!;
  }
  if (scale > 0) return Number.NaN;
  // The exact rounding error of the sum, since `upper` is the larger summand (Dekker 1971).
  return divided(significand, low - (significand - upper), POWERS_OF_TEN[-scale]!);
}

/**
 * (significand + rest) / divisor, correctly rounded, or NaN. The remainder of a division of doubles is a double, so
 * quotient + correction, with correction = remainder / divisor, is the exact result up to 3 × 2^-53 of the correction.
 * If the sum rounds to the same double for a slightly smaller and a slightly larger correction, that double is the
 * nearest one. The two differ for one number in some 2^48, and for a number halfway between two doubles.
 */
function divided(significand: number, rest: number, divisor: number): number {
  const quotient = significand / divisor;
  const product = quotient * divisor;
  const remainder = significand - product - productRest(quotient, divisor, product) + rest;
  const correction = remainder / divisor;
  const slack = Math.abs(correction) * 2 ** -50;
  const lowest = quotient + (correction - slack);
  return lowest === quotient + (correction + slack) ? lowest : Number.NaN;
}

/** The exact a × b − product, where `product` is the rounded a × b (Dekker 1971). */
function productRest(a: number, b: number, product: number): number {
  const aTop = SPLITTER * a - (SPLITTER * a - a);
  const bTop = SPLITTER * b - (SPLITTER * b - b);
  const [aLow, bLow] = [a - aTop, b - bTop];
  return aTop * bTop - product + aTop * bLow + aLow * bTop + aLow * bLow;
}

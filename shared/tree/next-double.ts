const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The largest double below a finite value (−∞ below the lowest one); ECMAScript has no `nextafter`. */
export function nextDown(value: number): number {
  return -nextUp(-value);
}

/** The smallest double above a finite value (∞ above the largest one). */
export function nextUp(value: number): number {
  // The smallest subnormal follows both zeros. The code below would go wrong on the sign bit of −0.
  if (value === 0) return Number.MIN_VALUE;
  double[0] = value;
  // The magnitudes of IEEE 754 doubles have the same order as their bits.
  bits[0] = bits[0]! + (value > 0 ? 1n : -1n);
  return double[0]!;
}

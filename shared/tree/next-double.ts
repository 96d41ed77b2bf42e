const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The largest double below a finite value (−∞ below the lowest one); ECMAScript has no `nextafter`. */
export function nextDown(value: number): number {
  return -nextUp(-value);
}

/** The smallest double above a finite value (∞ above the largest one). */
export function nextUp(value: number): number {
  // Both zeros are followed by the smallest subnormal; −0 has a sign bit that the steps below would trip over.
  if (value === 0) return Number.MIN_VALUE;
  double[0] = value;
  // IEEE 754 doubles of one sign are ordered as their bits are, by magnitude.
  bits[0] = bits[0]! + (value > 0 ? 1n : -1n);
  return double[0]!;
}

import type { FitLimits } from '../training-set';

/** False when a node is a leaf whatever its values are: at `maxDepth`, of one class, or too small for two leaves. */
export function goesOn(counts: Float64Array, depth: number, limits: FitLimits): boolean {
  let rows = 0;
  let largest = 0;
  for (let k = 0; k < counts.length; k++) {
    const count = counts[k]!;
    rows += count;
    if (count > largest) largest = count;
  }
  return depth < limits.maxDepth && largest < rows && rows >= 2 * limits.minLeafRows;
}

/** 0, 1, 2 … count − 1, written into `numbers`. */
export function ascending(count: number, numbers: Uint32Array = new Uint32Array(count)): Uint32Array {
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}

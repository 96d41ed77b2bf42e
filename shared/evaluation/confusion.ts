import type { Hits } from './prequential';

/** Rows by actual and by predicted class, `[actual][predicted]`, shape [classes, classes], integers. */
export type ConfusionMatrix = number[][];

/** Counts class indices row by row; both arrays have shape [rows]. */
export function confusionMatrix(
  actual: Uint32Array,
  predicted: Uint32Array,
  classes: number,
): ConfusionMatrix {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < actual.length; row++) matrix[actual[row]!]![predicted[row]!]!++;
  return matrix;
}

/** Rows on the diagonal, and all rows. */
export function confusionHits(matrix: ConfusionMatrix): Hits {
  let rows = 0;
  let hits = 0;
  for (const [actual, counts] of matrix.entries()) {
    hits += counts[actual]!;
    for (const count of counts) rows += count;
  }
  return { rows, hits };
}

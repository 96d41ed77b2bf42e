/** The number of predicted rows, and the number of hits: rows whose predicted class is the actual one. */
export interface Hits {
  readonly rows: number;
  readonly hits: number;
}

export const NO_HITS: Hits = { rows: 0, hits: 0 };

/** Counts the hits among predicted rows; both arrays hold class indices, shape [rows]. */
export function countHits(actual: Uint32Array, predicted: Uint32Array): Hits {
  let hits = 0;
  for (let row = 0; row < actual.length; row++) if (predicted[row] === actual[row]) hits++;
  return { rows: actual.length, hits };
}

/**
 * The running sums after one more mini-batch. They give prequential accuracy (test, then train) when the newest version
 * predicts every batch before a version is fitted on it: each row is predicted once, by a version that has not seen it.
 * A. P. Dawid, Present position and potential developments: the prequential approach, Journal of the Royal Statistical
 * Society A 147 (1984), 278–292; Gama, Sebastião and Rodrigues, On evaluating stream learning algorithms, Machine
 * Learning 90 (2013), 317–346.
 */
export function addHits(sums: Hits, batch: Hits): Hits {
  return { rows: sums.rows + batch.rows, hits: sums.hits + batch.hits };
}

/** The share of hits in [0, 1]; null without rows. */
export function accuracy({ rows, hits }: Hits): number | null {
  return rows === 0 ? null : hits / rows;
}

/** Number of rows by actual and predicted class, `[actual][predicted]`; shape [classes, classes]. */
type ConfusionMatrix = number[][];

/** The confusion matrix of predicted rows; both arrays hold class indices, shape [rows]. */
export function confusionMatrix(
  actual: Uint32Array,
  predicted: Uint32Array,
  classes: number,
): ConfusionMatrix {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < actual.length; row++) matrix[actual[row]!]![predicted[row]!]!++;
  return matrix;
}

/** The hits of a confusion matrix, which are on its diagonal. */
export function confusionHits(matrix: ConfusionMatrix): Hits {
  let rows = 0;
  let hits = 0;
  for (const [actual, counts] of matrix.entries()) {
    hits += counts[actual]!;
    for (const count of counts) rows += count;
  }
  return { rows, hits };
}

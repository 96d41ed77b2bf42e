/** How many rows were predicted, and how many of them rightly. Sums are kept, never rounded shares. */
export interface Hits {
  readonly rows: number;
  readonly hits: number;
}

export const NO_HITS: Hits = { rows: 0, hits: 0 };

/** Counts the rows whose predicted class is the actual one; both of shape [rows]. */
export function countHits(actual: Uint32Array, predicted: Uint32Array): Hits {
  let hits = 0;
  for (let row = 0; row < actual.length; row++) if (predicted[row] === actual[row]) hits++;
  return { rows: actual.length, hits };
}

/**
 * The running sums after one more mini-batch. They give prequential accuracy when every batch was scored by the
 * newest version before anything was fitted on it (test, then train): each row is unseen when it is predicted, and
 * each is predicted once. A. P. Dawid, Present position and potential developments: the prequential approach,
 * Journal of the Royal Statistical Society A 147 (1984), 278–292; Gama, Sebastião and Rodrigues, On evaluating
 * stream learning algorithms, Machine Learning 90 (2013), 317–346.
 */
export function addHits(sums: Hits, batch: Hits): Hits {
  return { rows: sums.rows + batch.rows, hits: sums.hits + batch.hits };
}

/** Share of hits in [0, 1]; null without rows, which is not the same as all wrong. */
export function accuracy({ rows, hits }: Hits): number | null {
  return rows === 0 ? null : hits / rows;
}

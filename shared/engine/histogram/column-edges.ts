import { ValueBins } from './value-bins';

/** Bins of a column; a bin fits into a byte, and LightGBM's default is the same. */
export const BINS_MAX = 255;

/**
 * Rows whose values place the bins of a column that has more of them: 32 a bin, so a bin's share of all rows is within
 * a fifth or so of what it should be, and that costs a tree nothing. All rows would take longer to sort than to fit.
 */
export const SAMPLE_ROWS = 8_192;

/** The golden ratio's fraction: its multiples fill [0, 1) evenly and never fall into step with a period of the rows. */
const GOLDEN = 0.618_033_988_749_894_9;

/**
 * The upper ends of a column's bins, ascending, the last one +∞: bin b holds the values in (edge[b − 1], edge[b]].
 * Shape [bins], 1 to 255 of them.
 *
 * A column of at most 255 distinct values has a bin for each. Others get bins of about equally many rows, exactly
 * where the column has at most `SAMPLE_ROWS` rows, else by a fixed sample of it: one row out of each of as many equal
 * stretches. A pure function of the values in their order.
 */
export function columnEdges(column: Float64Array): Float64Array {
  const sample = sampleOf(column).sort();
  const distinct = distinctOf(sample);
  if (distinct === null) return evenEdges(sample);
  return closed(sample.length === column.length ? distinct : withMissed(distinct, column));
}

function sampleOf(column: Float64Array): Float64Array {
  if (column.length <= SAMPLE_ROWS) return Float64Array.from(column);
  const stretch = column.length / SAMPLE_ROWS;
  const sample = new Float64Array(SAMPLE_ROWS);
  for (let i = 0; i < SAMPLE_ROWS; i++) sample[i] = column[Math.floor((i + ((i * GOLDEN) % 1)) * stretch)]!;
  return sample;
}

/** Null where they are more than bins. */
function distinctOf(ascending: Float64Array): Float64Array | null {
  const distinct = new Float64Array(BINS_MAX);
  let count = 0;
  for (let i = 0; i < ascending.length; i++) {
    if (i > 0 && ascending[i] === ascending[i - 1]) continue;
    if (count === BINS_MAX) return null;
    distinct[count++] = ascending[i]!;
  }
  return distinct.slice(0, count);
}

/** The sampled values with those of the column that the sample lacks, or without where they are more than bins. */
function withMissed(sampled: Float64Array, column: Float64Array): Float64Array {
  const bins = new ValueBins(closed(sampled));
  const missed = new Set<number>();
  for (const value of column) {
    if (sampled[bins.binOf(value)] === value) continue;
    missed.add(value);
    if (sampled.length + missed.size > BINS_MAX) return sampled;
  }
  return Float64Array.from([...sampled, ...missed]).sort();
}

/**
 * A bin is closed once it has its part of the rows that are left for it and the bins behind it. So a value that fills
 * several bins by itself leaves the others to the values around it.
 */
function evenEdges(sample: Float64Array): Float64Array {
  const edges = new Float64Array(BINS_MAX);
  let bins = 0;
  for (let i = 1, from = 0; i < sample.length && bins < BINS_MAX - 1; i++) {
    if (sample[i] === sample[i - 1] || (i - from) * (BINS_MAX - bins) < sample.length - from) continue;
    edges[bins++] = sample[i - 1]!;
    from = i;
  }
  edges[bins++] = Number.POSITIVE_INFINITY;
  return edges.slice(0, bins);
}

function closed(values: Float64Array): Float64Array {
  const edges = values.slice();
  edges[edges.length - 1] = Number.POSITIVE_INFINITY;
  return edges;
}

/** Bins of a column; a bin fits into a byte, and LightGBM's default is the same. */
export const BINS_MAX = 255;

/**
 * The edges of a longer column come from a sample of this many rows, 32 for each bin. A bin's share of all rows is then
 * within about a fifth of an even share, which costs a tree nothing. Sorting all rows would take longer than the fit.
 */
export const SAMPLE_ROWS = 8_192;

/** The fraction of the golden ratio: its multiples fill [0, 1) evenly and never fall into step with a period of the rows. */
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

/** The distinct values; null when there are more values than bins. */
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

/** The sampled values and those that the sample misses; only the sampled ones when all are more than bins. */
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
 * A bin ends once it has its share of the rows that are left for it and the bins behind it. So a value that fills several
 * bins alone leaves the other bins to the values around it.
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

/** Cells of the table that maps a value to its bin: 4 KiB, so it stays in the first-level cache. */
const TABLE_CELLS = 4_096;
/** Average steps from a cell to the bin, over the bins, above which a binary search is faster. */
const STEPS_MAX = 3;

/**
 * Finds the bins of one column's values. The range of the edges is divided into equally wide cells. A cell holds the first
 * bin that reaches into it, and from there the bin is one step away or none. Where the edges crowd in few cells (a heavy
 * tail, an outlier of 1e300) a binary search finds the bin.
 */
export class ValueBins {
  private readonly low: number;
  private readonly cellsPerUnit: number;
  private readonly firstBin = new Uint8Array(TABLE_CELLS);
  private readonly isCrowded: boolean;

  /** `edges` as columnEdges gives them. */
  constructor(readonly edges: Float64Array) {
    const last = edges.length - 1;
    this.low = edges[0]!;
    const cells = last < 2 ? 0 : (TABLE_CELLS - 1) / (edges[last - 1]! - this.low);
    // A subnormal range makes it infinite; all values are then in cell 0, as they are where the range overflows.
    this.cellsPerUnit = Number.isFinite(cells) ? cells : 0;
    // Filled from the top, so each cell keeps the lowest bin that ends in it or after it.
    for (let cell = TABLE_CELLS - 1, bin = last; cell >= 0; cell--) {
      while (bin > 0 && cellOf(edges[bin - 1]!, this.low, this.cellsPerUnit) >= cell) bin--;
      this.firstBin[cell] = bin;
    }
    let steps = 0;
    for (let bin = 0; bin < last; bin++) {
      steps += bin - this.firstBin[cellOf(edges[bin]!, this.low, this.cellsPerUnit)]!;
    }
    this.isCrowded = steps > STEPS_MAX * edges.length;
  }

  binOf(value: number): number {
    return this.isCrowded ? searchedBin(value, this.edges) : this.tabledBin(value);
  }

  /** Writes the bins of `values[from, to)` to `bins[from, to)`. */
  writeBins(values: Float64Array, from: number, to: number, bins: Uint8Array): void {
    const { edges, low, cellsPerUnit, firstBin } = this;
    if (this.isCrowded) writeSearched(values, from, to, edges, bins);
    else writeTabled(values, from, to, edges, low, cellsPerUnit, firstBin, bins);
  }

  private tabledBin(value: number): number {
    let bin = this.firstBin[cellOf(value, this.low, this.cellsPerUnit)]!;
    while (value > this.edges[bin]!) bin++;
    return bin;
  }
}

/** Ascends with the value; values outside the edges are in the first or last cell. */
function cellOf(value: number, low: number, cellsPerUnit: number): number {
  const cell = (value - low) * cellsPerUnit;
  return cell >= TABLE_CELLS - 1 ? TABLE_CELLS - 1 : cell > 0 ? cell | 0 : 0;
}

function searchedBin(value: number, edges: Float64Array): number {
  let bin = 0;
  let beyond = edges.length - 1;
  while (bin < beyond) {
    const middle = (bin + beyond) >>> 1;
    if (value > edges[middle]!) bin = middle + 1;
    else beyond = middle;
  }
  return bin;
}

/** The loops are small functions that get all they need as arguments: V8 compiles these best. */
function writeTabled(
  values: Float64Array,
  from: number,
  to: number,
  edges: Float64Array,
  low: number,
  cellsPerUnit: number,
  firstBin: Uint8Array,
  bins: Uint8Array,
): void {
  for (let row = from; row < to; row++) {
    const value = values[row]!;
    let bin = firstBin[cellOf(value, low, cellsPerUnit)]!;
    while (value > edges[bin]!) bin++;
    bins[row] = bin;
  }
}

function writeSearched(
  values: Float64Array,
  from: number,
  to: number,
  edges: Float64Array,
  bins: Uint8Array,
): void {
  for (let row = from; row < to; row++) bins[row] = searchedBin(values[row]!, edges);
}

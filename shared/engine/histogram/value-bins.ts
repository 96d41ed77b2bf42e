/** Cells of the table that leads from a value to its bin: 4 KiB, so it stays in the first-level cache. */
const TABLE_CELLS = 4_096;
/** Steps from a cell to the bin, on the average over the bins, above which a binary search is the shorter way. */
const STEPS_MAX = 3;

/**
 * Finds the bins of one column's values. The range of the edges is cut into equally wide cells, and a cell knows the
 * first bin that reaches into it; from there it is a step or none. Where the edges crowd in few cells (a heavy tail,
 * an outlier of 1e300) they are searched instead.
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
    // Infinite where the range is subnormal: then all values are in cell 0, as they are where it overflows.
    this.cellsPerUnit = Number.isFinite(cells) ? cells : 0;
    // From the top, so that the lowest of the bins that end in a cell, or after it, remains.
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

/** Rising in the value; what lies outside of the edges is in the first or last cell. */
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

/** The loops stand in small functions of their own with all they need in arguments: V8 makes the best code of those. */
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

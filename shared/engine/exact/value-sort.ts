/** Insertion moves for each value; above this number the values are spread too unevenly for cells of equal width. */
const MOVES_PER_VALUE_MAX = 8;

/**
 * Sorts values together with their indices. One instance serves many sorts of up to `capacity` values.
 *
 * Values are spread over as many equally wide cells as there are values and then moved into order by insertion. This takes
 * about linear time for evenly spread values. Where insertion takes too many moves (a heavy tail, an outlier of 1e300), the
 * native sort of plain doubles goes first, and each value is looked up in its result.
 */
export class ValueSort {
  /** The last sort's values in ascending order, shape [count]. */
  readonly sorted: Float64Array;
  /** The index of each sorted value in the input, shape [count]; equal values stand in any order. */
  readonly order: Uint32Array;
  /** Cell of each value, shape [count]; a larger value has the same cell or a later one. */
  readonly cells: Uint32Array;
  /** The number of values in each cell, shape [count]; sorting overwrites it. */
  readonly cellSizes: Uint32Array;
  /** A value of each cell that has one, shape [count]. It is the memory of `sorted`, so sorting overwrites it. */
  readonly cellValues: Float64Array;

  constructor(capacity: number) {
    this.sorted = new Float64Array(capacity);
    this.order = new Uint32Array(capacity);
    this.cells = new Uint32Array(capacity);
    this.cellSizes = new Uint32Array(capacity);
    this.cellValues = this.sorted;
  }

  /** Sorts `values[0, count)`, which are finite and stay as they are. */
  sort(values: Float64Array, count: number): void {
    this.spread(values, count);
    this.sortSpread(values, count);
  }

  /** The first half of a sort: fills `cells` and `cellSizes`. */
  spread(values: Float64Array, count: number): void {
    const { cells, cellSizes } = this;
    let low = values[0]!;
    let high = low;
    for (let i = 1; i < count; i++) {
      const value = values[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    // Infinite where the range is 0 or subnormal, 0 where it overflows: `| 0` then puts every value into cell 0.
    const cellsPerUnit = (count - 1) / (high - low);
    cellSizes.fill(0, 0, count);
    for (let i = 0; i < count; i++) {
      const cell = ((values[i]! - low) * cellsPerUnit) | 0;
      cells[i] = cell;
      cellSizes[cell]!++;
    }
  }

  /** True when the values of each cell are equal; `cellValues` then holds them. Call it between the two halves of a sort. */
  hasOneValuePerCell(values: Float64Array, count: number): boolean {
    const { cells, cellValues } = this;
    for (let i = 0; i < count; i++) cellValues[cells[i]!] = values[i]!;
    for (let i = 0; i < count; i++) if (cellValues[cells[i]!]! !== values[i]!) return false;
    return true;
  }

  /** The second half of a sort: fills `sorted` and `order`. */
  sortSpread(values: Float64Array, count: number): void {
    this.placeByCell(values, count);
    if (!insertionSort(this.sorted, this.order, count)) this.sortNatively(values, count);
  }

  private placeByCell(values: Float64Array, count: number): void {
    const { sorted, order, cells, cellSizes } = this;
    for (let cell = 0, position = 0; cell < count; cell++) {
      const size = cellSizes[cell]!;
      cellSizes[cell] = position;
      position += size;
    }
    const nextPosition = cellSizes;
    for (let i = 0; i < count; i++) {
      const position = nextPosition[cells[i]!]!++;
      sorted[position] = values[i]!;
      order[position] = i;
    }
  }

  private sortNatively(values: Float64Array, count: number): void {
    const { sorted, order, cellSizes } = this;
    sorted.set(values.subarray(0, count));
    sorted.subarray(0, count).sort();
    const placed = cellSizes.fill(0, 0, count);
    for (let i = 0; i < count; i++) {
      const first = firstAtLeast(sorted, count, values[i]!);
      order[first + placed[first]!++] = i;
    }
  }
}

/** False when sorting would take too many moves; the values are then left partly sorted. */
function insertionSort(sorted: Float64Array, order: Uint32Array, count: number): boolean {
  let movesLeft = count * MOVES_PER_VALUE_MAX;
  for (let i = 1; i < count; i++) {
    const value = sorted[i]!;
    if (sorted[i - 1]! <= value) continue;
    const from = order[i]!;
    let position = i;
    do {
      sorted[position] = sorted[position - 1]!;
      order[position] = order[position - 1]!;
      position--;
    } while (position > 0 && sorted[position - 1]! > value);
    sorted[position] = value;
    order[position] = from;
    movesLeft -= i - position;
    if (movesLeft < 0) return false;
  }
  return true;
}

/** Index of the first of the ascending values that is not below `value`. */
function firstAtLeast(sorted: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

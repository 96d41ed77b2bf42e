/**
 * The rows of one column in ascending order of value, equal values in row order; shape [rowCount].
 *
 * Values are ranked among the distinct ones and placed by counting: the native sort of plain doubles compares
 * without a callback, which a sort of row numbers cannot.
 */
export function presort(values: Float64Array): Uint32Array {
  const distinct = distinctAscending(values);
  const ranks = new Uint32Array(values.length);
  // After the sums, nextPlace[rank] is where the next row of that rank goes.
  const nextPlace = new Uint32Array(distinct.length + 1);
  for (let row = 0; row < values.length; row++) {
    const rank = rankOf(distinct, values[row]!);
    ranks[row] = rank;
    nextPlace[rank + 1]!++;
  }
  for (let rank = 1; rank < nextPlace.length; rank++) nextPlace[rank]! += nextPlace[rank - 1]!;

  const order = new Uint32Array(values.length);
  for (let row = 0; row < ranks.length; row++) order[nextPlace[ranks[row]!]!++] = row;
  return order;
}

function distinctAscending(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  let count = 0;
  for (const value of sorted) {
    if (count === 0 || value > sorted[count - 1]!) sorted[count++] = value;
  }
  return sorted.subarray(0, count);
}

/** The place of a value that is among the distinct ones. */
function rankOf(distinct: Float64Array, value: number): number {
  let low = 0;
  let high = distinct.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (distinct[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

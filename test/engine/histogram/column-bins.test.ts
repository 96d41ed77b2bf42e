import fc from 'fast-check';
import { BINS_MAX, columnEdges, SAMPLE_ROWS, ValueBins } from '../../../shared/engine/histogram/column-bins';
import { largeSet } from '../exact/large-sets';
import { slowEdges } from './slow-histogram';

const OPEN = Number.POSITIVE_INFINITY;

/** Rows in each bin, by looking through all edges. */
function rowsOfBins(column: Float64Array, edges: Float64Array): number[] {
  const rows = Array.from(edges, () => 0);
  for (const value of column) rows[edges.findIndex((edge) => value <= edge)]!++;
  return rows;
}

test('a column of few values has a bin for each', () => {
  expect([...columnEdges(Float64Array.of(3, 1, 2, 1))]).toEqual([1, 2, OPEN]);
  expect([...columnEdges(Float64Array.of(7, 7))]).toEqual([OPEN]);
});

test('255 values have 255 bins, and 256 rows of different values share them', () => {
  const values = Float64Array.from({ length: 256 }, (_, row) => row);
  expect(columnEdges(values.subarray(1))).toHaveLength(255);
  expect(rowsOfBins(values, columnEdges(values))).toEqual([2, ...Array(254).fill(1)]);
});

test('many rows of at most 255 values have a bin for each, however rare it is', () => {
  const values = Float64Array.from({ length: 5 * SAMPLE_ROWS }, (_, row) => row % 200);
  for (let rare = 0; rare < 55; rare++) values[rare * 700 + 3] = 1_000 + rare;
  expect(columnEdges(values)).toHaveLength(255);
  values[40_000] = 5_000;
  expect(columnEdges(values).length).toBeLessThanOrEqual(255);
});

test('a value that fills several bins by itself leaves the others to the values around it', () => {
  const values = Float64Array.from({ length: 8_000 }, (_, row) => (row < 6_000 ? 0 : row));
  const edges = columnEdges(values);
  expect(edges).toHaveLength(BINS_MAX);
  expect(Math.max(...rowsOfBins(values, edges).slice(1))).toBeLessThanOrEqual(8);
});

test('bins of sampled rows have about equally many', () => {
  const [column] = largeSet('overlapping classes', 10 * SAMPLE_ROWS, 1, 3, 9).columns;
  const share = column!.length / BINS_MAX;
  for (const rows of rowsOfBins(column!, columnEdges(column!))) {
    expect(rows / share).toBeGreaterThan(1 / 3);
    expect(rows / share).toBeLessThan(3);
  }
});

test('a sample does not fall into step with rows that alternate', () => {
  // Every eighth row is of a kind of its own; a plain stride of 8 would see only one kind.
  const column = Float64Array.from({ length: 8 * SAMPLE_ROWS }, (_, row) => (row % 8) * 1e6 + row);
  const edges = columnEdges(column);
  for (let kind = 0; kind < 8; kind++) {
    const own = edges.filter((edge) => edge >= kind * 1e6 && edge < (kind + 1) * 1e6);
    expect(own.length).toBeGreaterThan(20);
  }
});

test('the edges equal a slow reference of the rule', () => {
  const column = fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), {
    minLength: 1,
    maxLength: 700,
    size: 'max',
  });
  fc.assert(
    fc.property(column, fc.array(fc.nat(), { maxLength: 300, size: 'max' }), (distinct, repeats) => {
      const values = Float64Array.from(
        [...distinct, ...repeats.map((at) => distinct[at % distinct.length]!)],
        (x) => x + 0,
      );
      expect([...columnEdges(values)]).toEqual([...slowEdges(values), OPEN]);
    }),
    { seed: 255, numRuns: 200 },
  );
});

test('every value finds the bin that looking through all edges finds, crowded edges included', () => {
  const awkward = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(0, 5e-324, -5e-324, 1e-323, 1e300, -1e300, Number.MAX_VALUE, -Number.MAX_VALUE),
    fc.integer({ min: -300, max: 300 }),
  );
  fc.assert(
    fc.property(fc.array(awkward, { minLength: 1, maxLength: 600, size: 'max' }), (drawn) => {
      const values = Float64Array.from(drawn, (value) => value + 0);
      const edges = columnEdges(values);
      const bins = new ValueBins(edges);
      const written = new Uint8Array(values.length);
      bins.writeBins(values, 0, values.length, written);
      const expected = Array.from(values, (value) => edges.findIndex((edge) => value <= edge));
      expect([...written]).toEqual(expected);
      expect(Array.from(values, (value) => bins.binOf(value))).toEqual(expected);
    }),
    { seed: 4_096, numRuns: 300 },
  );
});

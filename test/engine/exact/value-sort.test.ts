import fc from 'fast-check';
import { ValueSort } from '../../../shared/engine/exact/value-sort';

const CAPACITY = 300;
const valueSort = new ValueSort(CAPACITY);

const values = fc
  .oneof(
    fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: CAPACITY }),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: CAPACITY }),
    fc.array(fc.double({ min: 0, max: 30, noNaN: true }).map(Math.exp), {
      minLength: 1,
      maxLength: CAPACITY,
    }),
  )
  .map((each) => Float64Array.from(each, (value) => value + 0));

test('values come out in ascending order, each with the index that it had', () => {
  fc.assert(
    fc.property(values, (each) => {
      const before = each.slice();
      valueSort.sort(each, each.length);
      const sorted = valueSort.sorted.subarray(0, each.length);
      const order = valueSort.order.subarray(0, each.length);
      expect(each).toEqual(before);
      expect(sorted).toEqual(each.slice().sort());
      expect(Float64Array.from(order, (i) => each[i]!)).toEqual(sorted);
      expect(new Set(order).size).toBe(each.length);
    }),
    { seed: 1_962, numRuns: 500 },
  );
});

test('cells of one value each tell the values apart and stand in their order', () => {
  let agreed = 0;
  fc.assert(
    fc.property(values, (each) => {
      const count = each.length;
      valueSort.spread(each, count);
      if (!valueSort.hasOneValuePerCell(each, count)) return;
      agreed++;
      const { cells, cellSizes, cellValues } = valueSort;
      for (let i = 0; i < count; i++) expect(cellValues[cells[i]!]).toBe(each[i]);
      const found: number[] = [];
      for (let cell = 0; cell < count; cell++) {
        for (let i = 0; i < cellSizes[cell]!; i++) found.push(cellValues[cell]!);
      }
      expect(Float64Array.from(found)).toEqual(each.slice().sort());
    }),
    { seed: 1_963, numRuns: 500 },
  );
  expect(agreed).toBeGreaterThan(0);
});

test('two values in one cell are found, wherever they stand', () => {
  const each = Float64Array.of(0, 100, 1, 2, 100, 0);
  valueSort.spread(each, each.length);
  expect(valueSort.hasOneValuePerCell(each, each.length)).toBe(false);
});

test.each([
  ['one value', [7]],
  ['equal values', [3, 3, 3]],
  ['the ends of the doubles', [1.7e308, -1.7e308, 0]],
  ['neighbours below the smallest normal double', [1e-323, 0, 5e-324]],
])('%s are sorted', (_, each) => {
  const column = Float64Array.from(each);
  valueSort.sort(column, column.length);
  expect(valueSort.sorted.subarray(0, column.length)).toEqual(column.slice().sort());
});

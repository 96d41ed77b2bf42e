import fc from 'fast-check';
import { NarrowColumn } from '../../../services/trainer/window/row-chunk';

test('a column holds every whole number from 0 to 2^53 − 1, whatever came before', () => {
  const number = fc.oneof(fc.nat(255), fc.nat(65_536), fc.nat(2 ** 32), fc.maxSafeNat());
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 20 }), (numbers) => {
      const column = new NarrowColumn(new Uint8Array(numbers.length));
      for (const [i, value] of numbers.entries()) column.set(i, value);
      expect([...column.values]).toEqual(numbers);
      const copy = new NarrowColumn(new Uint8Array(numbers.length + 1));
      copy.copyFrom(column);
      expect([...copy.values]).toEqual([...numbers, 0]);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test.each([
  [255, 1],
  [256, 2],
  [65_535, 2],
  [65_536, 4],
  [2 ** 32 - 1, 4],
  [2 ** 32, 8],
])('the number %d takes %d bytes', (value, bytes) => {
  const column = new NarrowColumn(new Uint8Array(2));
  column.set(1, value);
  expect(column.values.BYTES_PER_ELEMENT).toBe(bytes);
});

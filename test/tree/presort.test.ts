import fc from 'fast-check';
import { presort } from '../../shared/tree/presort';

test('rows come in order of value, equal values in row order', () => {
  expect([...presort(Float64Array.of(3, 1, 2, 1, 3))]).toEqual([1, 3, 2, 0, 4]);
});

test('presorting is a stable sort of row numbers by value', () => {
  const column = fc.array(
    fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.double({ noNaN: true }).map((x) => x + 0),
    ),
  );
  fc.assert(
    fc.property(column, (values) => {
      const expected = [...values.keys()].sort((a, b) => values[a]! - values[b]! || a - b);
      expect([...presort(Float64Array.from(values))]).toEqual(expected);
    }),
    { seed: 7 },
  );
});

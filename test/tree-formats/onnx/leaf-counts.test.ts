import fc from 'fast-check';
import {
  countsOfShares,
  EFFORT_TRIES,
  fewestParts,
  LEAF_ROWS_MAX,
} from '../../../shared/tree-formats/onnx/leaf-counts';

const effort = () => ({ triesLeft: EFFORT_TRIES });
const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);
const firstLargest = (values: readonly number[]) => values.indexOf(Math.max(...values));

function sharesOf(counts: readonly number[]): Float64Array {
  return Float64Array.from(counts, (count) => Math.fround(count / sum(counts)));
}

function divisorOf(values: readonly number[]): number {
  const of = (a: number, b: number): number => (b === 0 ? a : of(b, a % b));
  return values.reduce((divisor, value) => of(divisor, value), 0);
}

const leafCounts = fc
  .array(fc.oneof(fc.constant(0), fc.nat({ max: 3 }), fc.nat({ max: 400 })), { minLength: 2, maxLength: 6 })
  .filter((counts) => sum(counts) > 0);

test('shares rounded to float32 give back the counts in lowest terms', () => {
  fc.assert(
    fc.property(leafCounts, (counts) => {
      const leaf = { shares: sharesOf(counts), winner: firstLargest(counts), derived: -1 };
      expect([...countsOfShares(leaf, effort())]).toEqual(counts.map((count) => count / divisorOf(counts)));
    }),
    { seed: 41 },
  );
});

test('one share is enough for two classes', () => {
  fc.assert(
    fc.property(fc.nat({ max: 900 }), fc.nat({ max: 900 }), (a, b) => {
      fc.pre(a + b > 0);
      const weight = Math.fround(b / (a + b));
      const leaf = { shares: Float64Array.of(1 - weight, weight), winner: b > a ? 1 : 0, derived: 0 };
      expect([...countsOfShares(leaf, effort())]).toEqual([a, b].map((count) => count / divisorOf([a, b])));
    }),
    { seed: 42 },
  );
});

const anyShares = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 5 })
  .filter((weights) => sum(weights) > 0.1)
  .map((weights) => Array.from(weights, (weight) => Math.fround(weight / sum(weights))));

test('any shares give counts within the bound, with the winner of the file', () => {
  fc.assert(
    fc.property(anyShares, (shares) => {
      const winner = firstLargest(shares);
      const leaf = { shares: Float64Array.from(shares), winner, derived: -1 };
      for (const triesLeft of [EFFORT_TRIES, 0]) {
        const counts = [...countsOfShares(leaf, { triesLeft })];
        expect(sum(counts)).toBeLessThanOrEqual(LEAF_ROWS_MAX);
        expect(firstLargest(counts)).toBe(winner);
        for (const [k, share] of shares.entries())
          expect(Math.abs(counts[k]! / sum(counts) - share)).toBeLessThan(2.01e-6);
      }
    }),
    { seed: 43, numRuns: 30 },
  );
});

test.each([
  ['two classes', [1, 1], 1],
  ['two of five', [20, 20, 18, 8, 14], 1],
  ['the last of three', [1, 1, 1], 2],
  ['the last of 256', Array.from({ length: 256 }, () => 1), 255],
])(
  'a tie that the file breaks the other way keeps its winner, within the bound: %s',
  (_name, counts, winner) => {
    const leaf = { shares: sharesOf(counts), winner, derived: -1 };
    const found = [...countsOfShares(leaf, effort())];
    expect(firstLargest(found)).toBe(winner);
    for (const [k, share] of leaf.shares.entries())
      expect(Math.abs(found[k]! / sum(found) - share)).toBeLessThan(1.01e-6);
  },
);

test('a leaf with the share 0 for the given class has one row of the other class', () => {
  expect([...countsOfShares({ shares: Float64Array.of(1, 0), winner: 0, derived: 0 }, effort())]).toEqual([
    1, 0,
  ]);
});

/** The same as `fewestParts`, by trying all denominators. */
function fewestByTrying(low: number, high: number): number {
  let parts = 1;
  while (Math.ceil(low * parts) > high * parts) parts++;
  return parts;
}

test('the fewest parts are the denominator of the simplest fraction in the range, except for rounding at its ends', () => {
  const low = fc.double({ min: 0, max: 1, noNaN: true });
  const width = fc.double({ min: 1e-4, max: 0.1, noNaN: true });
  fc.assert(
    fc.property(low, width, (low, width) => {
      const parts = fewestParts(low, low + width, 1_000_000);
      expect(parts).toBeLessThanOrEqual(fewestByTrying(low + 1e-9, low + width - 1e-9));
      expect(parts).toBeGreaterThanOrEqual(fewestByTrying(Math.max(0, low - 1e-9), low + width + 1e-9));
    }),
    { seed: 44, numRuns: 500 },
  );
  expect(fewestParts(Math.SQRT1_2, Math.SQRT1_2, 1_000)).toBe(1_000);
});

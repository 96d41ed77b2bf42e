import fc from 'fast-check';
import { plainPresortedCart } from '../../../bench/yardsticks/presorted-cart';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { type FitTuning, tuningFor } from '../../../shared/engine/exact/tuning';
import type { Tree } from '../../../shared/tree/tree';
import { checkTree } from '../../../shared/tree/tree-check';
import { slowCart } from '../slow-cart';
import { tiedSets } from '../training-sets';
import { LARGE_SETS, largeSet } from './large-sets';

/** The parts that differ from tree to tree; equal texts are equal trees. */
function drawn({ feature, threshold, left, right, classCounts }: Tree): string {
  return JSON.stringify([feature, threshold, left, right, classCounts].map((each) => Array.from(each)));
}

const limits = fc.record({
  maxDepth: fc.integer({ min: 0, max: 6 }),
  minLeafRows: fc.integer({ min: 1, max: 3 }),
});

/** Settings that send a handful of rows the way that a million go. */
const WAYS: Readonly<Record<string, FitTuning>> = {
  'histograms of three buckets': { localRowsMax: 0, bucketsMax: 3, undecidedShareMax: 2 },
  'histograms of many buckets': { localRowsMax: 0, bucketsMax: 64, undecidedShareMax: 2 },
  'histograms above four rows, presorting below': { localRowsMax: 4, bucketsMax: 3, undecidedShareMax: 2 },
  'presorted orders': { localRowsMax: 0, bucketsMax: 3, undecidedShareMax: 0 },
  'presorted orders above four rows': { localRowsMax: 4, bucketsMax: 3, undecidedShareMax: 0 },
};

test.each(Object.entries(WAYS))('a fit by %s gives the tree of plain CART', (_, tuning) => {
  fc.assert(
    fc.property(tiedSets, limits, (rows, each) => {
      const tree = fitExact(rows, each, tuning);
      checkTree(tree);
      expect(drawn(tree)).toBe(drawn(slowCart(rows, each)));
    }),
    { seed: 1_998, numRuns: 400 },
  );
});

describe.each(Object.keys(LARGE_SETS))('thousands of rows with %s', (kind) => {
  test.each([
    [7_000, 3, 2, { maxDepth: 64, minLeafRows: 1 }],
    [4_500, 4, 3, { maxDepth: 64, minLeafRows: 3 }],
    [5_000, 2, 9, { maxDepth: 8, minLeafRows: 1 }],
  ])(
    `%i rows of %i features and %i classes with ${kind} give the plain tree`,
    (rowCount, features, classes, each) => {
      const rows = largeSet(kind, rowCount, features, classes, 5);
      const plain = drawn(plainPresortedCart(rows, each));
      expect(drawn(fitExact(rows, each))).toBe(plain);
      expect(
        drawn(fitExact(rows, each, { ...tuningFor(rows), localRowsMax: 100, undecidedShareMax: 2 })),
      ).toBe(plain);
    },
  );
});

test('256 classes leave as many buckets as 16-bit codes can number', () => {
  const rows = largeSet('overlapping classes', 5_000, 2, 256, 11);
  const each = { maxDepth: 12, minLeafRows: 1 };
  expect(tuningFor(rows).bucketsMax).toBe(65_536 / 256);
  expect(drawn(fitExact(rows, each))).toBe(drawn(plainPresortedCart(rows, each)));
});

import { plainPresortedCart } from '../../../bench/yardsticks/presorted-cart';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { LOCAL_ROWS_MAX, LocalScratch } from '../../../shared/engine/exact/local-scratch';
import type { Tree } from '../../../shared/tree/tree';
import { trainingSet } from '../training-sets';
import { LARGE_SETS, largeSet } from './large-sets';

/** The parts that differ from tree to tree; equal texts are equal trees. */
function drawn({ feature, threshold, left, right, classCounts }: Tree): string {
  return JSON.stringify([feature, threshold, left, right, classCounts].map((each) => Array.from(each)));
}

describe.each(Object.keys(LARGE_SETS))('a small window with %s', (kind) => {
  test.each([
    [150, 4, 3, { maxDepth: 64, minLeafRows: 1 }],
    [1_000, 3, 2, { maxDepth: 64, minLeafRows: 1 }],
    [700, 2, 12, { maxDepth: 9, minLeafRows: 5 }],
    [LOCAL_ROWS_MAX, 2, 256, { maxDepth: 64, minLeafRows: 2 }],
  ])(
    `%i rows of %i features and %i classes with ${kind} give the plain tree`,
    (rowCount, features, classes, each) => {
      const rows = largeSet(kind, rowCount, features, classes, 13);
      expect(drawn(fitExact(rows, each))).toBe(drawn(plainPresortedCart(rows, each)));
    },
  );
});

test('minLeafRows decides which cuts of a small window are allowed', () => {
  const values = [0, 1, 2, 3, 4, 5, 6, 7];
  const labels = [0, 0, 0, 0, 1, 1, 1, 0];
  const rows = trainingSet([values], labels);
  expect(fitExact(rows, { maxDepth: 1, minLeafRows: 1 }).threshold[0]).toBe(3.5);
  expect(fitExact(rows, { maxDepth: 1, minLeafRows: 4 }).threshold[0]).toBe(3.5);
  const apart = trainingSet([values], [1, 0, 0, 0, 0, 0, 0, 0]);
  expect(fitExact(apart, { maxDepth: 1, minLeafRows: 1 }).threshold[0]).toBe(0.5);
  expect(fitExact(apart, { maxDepth: 1, minLeafRows: 3 }).threshold[0]).toBe(2.5);
});

test('fits of other shapes in between leave nothing behind in the arrays that they share', () => {
  const limits = { maxDepth: 64, minLeafRows: 1 };
  const shapes: [number, number, number][] = [
    [2_000, 5, 40],
    [30, 2, 2],
    [900, 9, 3],
    [60, 1, 200],
    [2_000, 5, 2],
  ];
  for (const kind of Object.keys(LARGE_SETS)) {
    for (const [rowCount, features, classes] of shapes) {
      const rows = largeSet(kind, rowCount, features, classes, 17);
      expect(drawn(fitExact(rows, limits))).toBe(drawn(plainPresortedCart(rows, limits)));
    }
  }
});

test('the scratch of a fit serves the next fit where it is large enough', () => {
  const scratch = LocalScratch.for(3, 500);
  expect(LocalScratch.for(3, 500)).toBe(scratch);
  expect(LocalScratch.for(2, 40)).toBe(scratch);
  expect(LocalScratch.for(scratch.features + 1, 40)).not.toBe(scratch);
});

test('a scratch for very many features does not stay for the next fit', () => {
  const scratch = LocalScratch.for(500, LOCAL_ROWS_MAX);
  expect(LocalScratch.for(500, LOCAL_ROWS_MAX)).not.toBe(scratch);
});

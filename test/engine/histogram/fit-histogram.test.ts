import fc from 'fast-check';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { fitHistogram } from '../../../shared/engine/histogram/fit-histogram';
import { recountClasses } from '../../../shared/engine/ml-cart/ml-cart';
import { AlderError } from '../../../shared/errors';
import { depth, leafCount, nodeCount } from '../../../shared/tree/tree';
import { checkTree } from '../../../shared/tree/tree-check';
import { encodeTree } from '../../../shared/tree/tree-codec';
import { LARGE_SETS, largeSet } from '../exact/large-sets';
import { reordered, tiedSets, trainingSet } from '../training-sets';
import { slowHistogram } from './slow-histogram';

const NO_LIMITS = { maxDepth: 1_024, minLeafRows: 1 };
const BOUNDS = { leavesMax: 255, histogramBytesMax: 2 ** 27 };

const limits = fc.record({
  maxDepth: fc.integer({ min: 0, max: 6 }),
  minLeafRows: fc.integer({ min: 1, max: 3 }),
});
const bounds = fc.record({
  leavesMax: fc.integer({ min: 1, max: 9 }),
  histogramBytesMax: fc.constantFrom(0, 2_000, 2 ** 27),
});

test('the histogram tree equals a slow reference that divides the rows anew for every boundary', () => {
  fc.assert(
    fc.property(tiedSets, limits, bounds, (rows, each, few) => {
      const tree = fitHistogram(rows, each, few);
      checkTree(tree);
      expect(encodeTree(tree)).toBe(encodeTree(slowHistogram(rows, each, few.leavesMax)));
    }),
    { seed: 1_998, numRuns: 600 },
  );
});

test('the histogram tree equals the slow reference where columns have more values than bins', () => {
  const binned = fc.record({
    kind: fc.constantFrom(...Object.keys(LARGE_SETS)),
    rowCount: fc.integer({ min: 256, max: 420 }),
    features: fc.integer({ min: 1, max: 3 }),
    classes: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(binned, limits, bounds, ({ kind, rowCount, features, classes, seed }, each, few) => {
      const rows = largeSet(kind, rowCount, features, classes, seed);
      expect(encodeTree(fitHistogram(rows, each, few))).toBe(
        encodeTree(slowHistogram(rows, each, few.leavesMax)),
      );
    }),
    { seed: 1_998, numRuns: 40 },
  );
});

test('the histogram tree is the exact tree where every value has a bin of its own and leaves suffice', () => {
  fc.assert(
    fc.property(tiedSets, limits, (rows, each) => {
      expect(encodeTree(fitHistogram(rows, each))).toBe(encodeTree(fitExact(rows, each)));
    }),
    { seed: 1_984, numRuns: 500 },
  );
});

test('the histogram tree is the exact tree on many rows of few values, also values that a sample of the rows misses', () => {
  const rows = largeSet('values of one decimal', 20_000, 3, 3, 7);
  for (const [feature, column] of rows.columns.entries()) column[11_111] = 40 + feature;
  const limit = { maxDepth: 7, minLeafRows: 1 };
  const tree = fitHistogram(rows, limit);
  expect(leafCount(tree)).toBeLessThan(255);
  expect(encodeTree(tree)).toBe(encodeTree(fitExact(rows, limit)));
});

test('where the bins are exact the order of rows does not change the tree', () => {
  const shuffled = fc
    .record({ kind: fc.constantFrom(...Object.keys(LARGE_SETS)), seed: fc.nat() })
    .chain(({ kind, seed }) => {
      const rows = largeSet(kind, 700, 3, 3, seed);
      const all = [...rows.classes.keys()];
      const order = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
      return fc.record({ rows: fc.constant(rows), order });
    });
  fc.assert(
    fc.property(shuffled, limits, ({ rows, order }, each) => {
      expect(encodeTree(fitHistogram(reordered(rows, order), each))).toBe(
        encodeTree(fitHistogram(rows, each)),
      );
    }),
    { seed: 42, numRuns: 50 },
  );
});

test('a sampled set of any kind gives a tree that keeps its limits and counts its rows', () => {
  for (const kind of Object.keys(LARGE_SETS)) {
    const rows = largeSet(kind, 12_000, 4, 3, 5);
    const tree = fitHistogram(rows, { maxDepth: 12, minLeafRows: 4 });
    checkTree(tree);
    expect(leafCount(tree)).toBeLessThanOrEqual(255);
    expect(depth(tree)).toBeLessThanOrEqual(12);
    // The thresholds separate the very rows that the bins did.
    expect(recountClasses(tree, rows)).toEqual(tree);
    for (let node = 0; node < nodeCount(tree); node++) {
      const counts = tree.classCounts.subarray(node * 3, node * 3 + 3);
      expect(counts[0]! + counts[1]! + counts[2]!).toBeGreaterThanOrEqual(4);
    }
  }
});

test('how much memory histograms have does not change the tree', () => {
  const rows = largeSet('overlapping classes', 3_000, 4, 3, 3);
  const tree = encodeTree(fitHistogram(rows, NO_LIMITS));
  // A histogram is 4 × 3 × 255 counts of 4 bytes: none is kept, one, and some.
  for (const histograms of [0, 3, 20]) {
    const histogramBytesMax = histograms * 12_240;
    expect(encodeTree(fitHistogram(rows, NO_LIMITS, { ...BOUNDS, histogramBytesMax }))).toBe(tree);
  }
});

test('the leaf whose split lowers impurity most is split first', () => {
  const rows = trainingSet([[1, 2, 3, 4, 5, 6, 7, 8]], [0, 1, 0, 0, 2, 2, 3, 3]);
  const tree = fitHistogram(rows, NO_LIMITS, { ...BOUNDS, leavesMax: 3 });
  //            f0 <= 4.5
  //           /         \
  //   [3,1,0,0]      f0 <= 6.5          it gains 2 + 2 − 2 rows, the left leaf 1 + 2 − 2½
  //                 /         \
  //          [0,0,2,0]     [0,0,0,2]
  expect([...tree.threshold]).toEqual([4.5, 0, 6.5, 0, 0]);
  expect([...tree.feature]).toEqual([0, -1, 0, -1, -1]);
});

test('the leaf that was made first is split among leaves with equal drops, the left before the right', () => {
  const rows = trainingSet([[1, 2, 3, 4, 5, 6, 7, 8]], [0, 1, 0, 1, 2, 3, 2, 3]);
  const tree = fitHistogram(rows, NO_LIMITS, { ...BOUNDS, leavesMax: 3 });
  //              f0 <= 4.5
  //             /         \
  //       f0 <= 1.5     [0,0,2,2]       either gains 1 + 5/3 − 2, at its first boundary and at its last
  //      /         \
  //  [1,0,0,0]   [1,2,0,0]
  expect([...tree.threshold]).toEqual([4.5, 1.5, 0, 0, 0]);
  expect([...tree.feature]).toEqual([0, 0, -1, -1, -1]);
});

test('exclusive or is learned, although its first split lowers no impurity', () => {
  const rows = trainingSet(
    [
      [0, 0, 1, 1],
      [0, 1, 0, 1],
    ],
    [0, 1, 1, 0],
  );
  expect(leafCount(fitHistogram(rows, NO_LIMITS))).toBe(4);
});

test('a tree that could have a thousand leaves has 255', () => {
  const values = Array.from({ length: 1_000 }, (_, row) => row);
  const rows = trainingSet(
    [values, values.map((value) => (value * 7) % 1_000)],
    values.map((row) => row % 2),
  );
  expect(leafCount(fitHistogram(rows, NO_LIMITS))).toBe(255);
});

test('1 row, 1 class and constant columns are one leaf', () => {
  for (const rows of [
    trainingSet([[7]], [0], 3),
    trainingSet([[1, 2, 3]], [1, 1, 1]),
    trainingSet(
      [
        [7, 7, 7],
        [-1e300, -1e300, -1e300],
      ],
      [1, 0, 1],
    ),
  ]) {
    expect(encodeTree(fitHistogram(rows, NO_LIMITS))).toBe(encodeTree(fitExact(rows, NO_LIMITS)));
    expect(nodeCount(fitHistogram(rows, NO_LIMITS))).toBe(1);
  }
});

test('256 classes are told apart as far as 255 leaves reach', () => {
  const classes = Array.from({ length: 512 }, (_, row) => (row * 37) % 256);
  const rows = trainingSet(
    [classes.map((k) => k % 16), classes.map((k) => Math.floor(k / 16))],
    classes,
    256,
  );
  const tree = fitHistogram(rows, NO_LIMITS);
  checkTree(tree);
  expect(leafCount(tree)).toBe(255);
  expect(recountClasses(tree, rows)).toEqual(tree);
  expect(encodeTree(tree)).toBe(encodeTree(slowHistogram(rows, NO_LIMITS)));
});

test('values of ±1e300 beside others do not blur them', () => {
  const values = Array.from({ length: 600 }, (_, row) =>
    row % 100 === 0 ? (row % 200 === 0 ? 1e300 : -1e300) : row,
  );
  const rows = trainingSet(
    [values],
    values.map((value) => (value > 300 ? 1 : 0)),
  );
  const tree = fitHistogram(rows, NO_LIMITS);
  expect(recountClasses(tree, rows)).toEqual(tree);
  expect(encodeTree(tree)).toBe(encodeTree(slowHistogram(rows, NO_LIMITS)));
});

test.each([
  [
    'no rows',
    { ...trainingSet([[1]], [0]), rowCount: 0, columns: [new Float64Array(0)], classes: new Uint32Array(0) },
  ],
  ['no feature', { ...trainingSet([[1]], [0]), columns: [] }],
  ['a column of another length', { ...trainingSet([[1]], [0]), columns: [new Float64Array(2)] }],
])('a set with %s is a broken invariant', (_, rows) => {
  expect(() => fitHistogram(rows, NO_LIMITS)).toThrow(AlderError);
});

import fc from 'fast-check';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { AlderError } from '../../../shared/errors';
import { nextUp } from '../../../shared/tree/next-double';
import { depth, leafCount, nodeCount, type Tree } from '../../../shared/tree/tree';
import { checkTree } from '../../../shared/tree/tree-check';
import { slowCart } from '../slow-cart';
import { reordered, tiedSets, trainingSet } from '../training-sets';

const NO_LIMITS = { maxDepth: 64, minLeafRows: 1 };

/** The parts that differ from tree to tree, as plain arrays. */
function drawn(tree: Tree): object {
  const { feature, threshold, left, right, classCounts } = tree;
  return {
    feature: [...feature],
    threshold: [...threshold],
    left: [...left],
    right: [...right],
    classCounts: [...classCounts],
  };
}

test('two classes apart on one feature give one split halfway between them', () => {
  const tree = fitExact(trainingSet([[1, 2, 5, 6]], [0, 0, 1, 1]), NO_LIMITS);
  //      f0 <= 3.5
  //     /         \
  //   [2,0]      [0,2]
  expect(drawn(tree)).toEqual({
    feature: [0, -1, -1],
    threshold: [3.5, 0, 0],
    left: [1, -1, -1],
    right: [2, -1, -1],
    classCounts: [2, 2, 2, 0, 0, 2],
  });
});

test('nodes stand in preorder, a left child right after its parent', () => {
  const tree = fitExact(trainingSet([[1, 2, 3, 4]], [0, 1, 0, 1]), NO_LIMITS);
  //        0: f0 <= 1.5
  //       /            \
  //  1: [1,0]      2: f0 <= 2.5
  //               /            \
  //          3: [0,1]     4: f0 <= 3.5
  //                      /            \
  //                 5: [1,0]       6: [0,1]
  expect(drawn(tree)).toEqual({
    feature: [0, -1, 0, -1, 0, -1, -1],
    threshold: [1.5, 0, 2.5, 0, 3.5, 0, 0],
    left: [1, -1, 3, -1, 5, -1, -1],
    right: [2, -1, 4, -1, 6, -1, -1],
    classCounts: [2, 2, 1, 0, 1, 2, 0, 1, 1, 1, 1, 0, 0, 1],
  });
});

test('exclusive or is learned, although its first split lowers no impurity', () => {
  const rows = trainingSet(
    [
      [0, 0, 1, 1],
      [0, 1, 0, 1],
    ],
    [0, 1, 1, 0],
  );
  const tree = fitExact(rows, NO_LIMITS);
  expect([...tree.feature]).toEqual([0, 1, -1, -1, 1, -1, -1]);
  expect([...tree.classCounts.subarray(0, 2)]).toEqual([2, 2]);
  expect(leafCount(tree)).toBe(4);
});

test('the lower index splits among equal features', () => {
  const column = [1, 2, 3, 4];
  expect(fitExact(trainingSet([column, column], [0, 0, 1, 1]), NO_LIMITS).feature[0]).toBe(0);
});

test('rows of one class are one leaf', () => {
  expect(nodeCount(fitExact(trainingSet([[1, 2, 3]], [1, 1, 1]), NO_LIMITS))).toBe(1);
});

test('rows of two classes and equal values are one leaf', () => {
  const tree = fitExact(trainingSet([[7, 7, 7]], [1, 0, 1]), NO_LIMITS);
  expect(drawn(tree)).toEqual({
    feature: [-1],
    threshold: [0],
    left: [-1],
    right: [-1],
    classCounts: [1, 2],
  });
});

test('depth 0 is one leaf that counts all rows', () => {
  const tree = fitExact(trainingSet([[1, 2]], [0, 1]), { maxDepth: 0, minLeafRows: 1 });
  expect([...tree.classCounts]).toEqual([1, 1]);
});

test('a node at maxDepth is a leaf', () => {
  const rows = trainingSet([[1, 2, 3, 4, 5, 6, 7, 8]], [0, 1, 0, 1, 0, 1, 0, 1]);
  expect(depth(fitExact(rows, { maxDepth: 3, minLeafRows: 1 }))).toBe(3);
});

test('no leaf holds fewer than minLeafRows rows, even where a smaller one would be purer', () => {
  const rows = trainingSet([[1, 2, 3, 4]], [0, 1, 1, 1]);
  const tree = fitExact(rows, { maxDepth: 64, minLeafRows: 2 });
  expect(drawn(tree)).toMatchObject({
    feature: [0, -1, -1],
    threshold: [2.5, 0, 0],
    classCounts: [1, 3, 1, 1, 0, 2],
  });
});

test('a value and the next double above it are told apart', () => {
  const tree = fitExact(trainingSet([[0.1, nextUp(0.1)]], [0, 1]), NO_LIMITS);
  expect(tree.threshold[0]).toBe(0.1);
  expect(leafCount(tree)).toBe(2);
});

test('values at both ends of the doubles get a finite threshold', () => {
  const tree = fitExact(trainingSet([[1e308, 1.7e308, 5e-324, 0]], [0, 1, 1, 0]), NO_LIMITS);
  checkTree(tree);
  expect(leafCount(tree)).toBe(4);
});

test('a tree that is a chain of a thousand nodes is fitted without recursion', () => {
  const values = Array.from({ length: 2_000 }, (_, row) => row);
  const tree = fitExact(
    trainingSet(
      [values],
      values.map((row) => row % 2),
    ),
    { maxDepth: 1_999, minLeafRows: 1 },
  );
  expect(depth(tree)).toBeGreaterThan(1_000);
  expect(leafCount(tree)).toBe(2_000);
});

test.each([
  [
    'no rows',
    { ...trainingSet([[1]], [0]), rowCount: 0, columns: [new Float64Array(0)], classes: new Uint32Array(0) },
  ],
  ['no feature', { ...trainingSet([[1]], [0]), columns: [] }],
  ['a column of another length', { ...trainingSet([[1]], [0]), columns: [new Float64Array(2)] }],
])('a set with %s is a broken invariant', (_, rows) => {
  expect(() => fitExact(rows, NO_LIMITS)).toThrow(AlderError);
});

const limits = fc.record({
  maxDepth: fc.integer({ min: 0, max: 6 }),
  minLeafRows: fc.integer({ min: 1, max: 3 }),
});

test('the exact tree equals a slow reference that divides the rows anew for every split', () => {
  fc.assert(
    fc.property(tiedSets, limits, (rows, each) => {
      const tree = fitExact(rows, each);
      checkTree(tree);
      expect(drawn(tree)).toEqual(drawn(slowCart(rows, each)));
    }),
    { seed: 1_984, numRuns: 1_000 },
  );
});

test('the order of rows does not change the tree', () => {
  const shuffled = tiedSets.chain((rows) => {
    const all = [...rows.classes.keys()];
    const order = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    return fc.record({ rows: fc.constant(rows), order });
  });
  fc.assert(
    fc.property(shuffled, limits, ({ rows, order }, each) => {
      expect(drawn(fitExact(reordered(rows, order), each))).toEqual(drawn(fitExact(rows, each)));
    }),
    { seed: 42, numRuns: 300 },
  );
});

import { hitsOf, likenessOf, type PeerTree } from '../../bench/yardsticks/same-tree';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import type { TrainingSet } from '../../shared/engine/training-set';

/** Two columns, each of which separates the classes, the first between 2 and 3. */
const ROWS: TrainingSet = {
  rowCount: 6,
  columns: [Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(10, 20, 30, 40, 50, 60)],
  classes: Uint32Array.of(0, 0, 1, 1, 1, 1),
  featureNames: ['a', 'b'],
  classNames: ['no', 'yes'],
};
const OURS = fitExact(ROWS, { maxDepth: 64, minLeafRows: 1 });

function stump(feature: number, threshold: number): PeerTree {
  return {
    feature: [feature, -2, -2],
    threshold: [threshold, -2, -2],
    left: [1, -1, -1],
    right: [2, -1, -1],
  };
}

const LEAF: PeerTree = { feature: [-2], threshold: [-2], left: [-1], right: [-1] };

test.each([
  ['the same cut, with another threshold inside of the gap', stump(0, 2.9), { same: 1 }],
  ['an equally good cut of another column', stump(1, 25), { tied: 1 }],
  ['a cut that is less pure', stump(0, 1.5), { better: 1 }],
  ['no cut', LEAF, { better: 1 }],
])('%s', (_, theirs, counts) => {
  expect(likenessOf(OURS, theirs, ROWS)).toEqual({ same: 0, tied: 0, better: 0, worse: 0, ...counts });
});

test('a purer split than ours counts against us', () => {
  const worse = { ...OURS, threshold: OURS.threshold.map((value) => (value === 0 ? 0 : 1.5)) };
  expect(likenessOf(worse, stump(0, 2.5), ROWS)).toMatchObject({ worse: 1 });
});

test('the hits of a tree are the rows that end in a leaf of their class', () => {
  expect(hitsOf(OURS, ROWS)).toBe(6);
  expect(hitsOf(OURS, { ...ROWS, classes: Uint32Array.of(1, 0, 1, 1, 1, 0) })).toBe(4);
});

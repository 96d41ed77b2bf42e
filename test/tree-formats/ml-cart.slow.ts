import fc from 'fast-check';
import { DecisionTreeClassifier } from 'ml-cart';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import { isAlderError } from '../../shared/errors';
import type { Tree } from '../../shared/tree/tree';
import { encodeMlCart } from '../../shared/tree-formats/ml-cart';
import { NESTED_DEPTH_MAX } from '../../shared/tree-formats/tree-measures';
import { irisRows } from '../engine/iris';
import { tiedSets } from '../engine/training-sets';
import { chainTree, lonelyLeaf, noiseTree, predictAll, rowsFor } from './some-trees';

/** The package has this method, but its types lack it. */
const { load } = DecisionTreeClassifier as unknown as { load(model: unknown): DecisionTreeClassifier };

function predictByPackage(tree: Tree, rows: number[][]): number[] {
  return load(JSON.parse(encodeMlCart(tree))).predict(rows);
}

test('the package predicts the same class index for 10,000 rows, at thresholds and next to them', () => {
  const trees = [
    fitExact(irisRows(), { maxDepth: 64, minLeafRows: 1 }),
    ...[2, 3, 5, 8].map((classes) =>
      noiseTree({ seed: classes, rows: 1_500, features: 4, classes, minLeafRows: 3 }),
    ),
    lonelyLeaf(['a', 'b', 'c'], [1, 2, 2]),
    chainTree(NESTED_DEPTH_MAX),
  ];
  for (const tree of trees) {
    const rows = rowsFor(tree, 10_000, 4);
    expect(predictByPackage(tree, rows)).toEqual(predictAll(tree, rows));
  }
});

test('the package predicts the same class index for neighbouring, subnormal and largest values', () => {
  fc.assert(
    fc.property(tiedSets, (set) => {
      const tree = fitExact(set, { maxDepth: 64, minLeafRows: 1 });
      const rows = Array.from({ length: set.rowCount }, (_, row) =>
        set.columns.map((column) => column[row]!),
      );
      expect(predictByPackage(tree, rows)).toEqual(predictAll(tree, rows));
    }),
    { seed: 21 },
  );
});

test('a threshold that no number exceeds is still one after the export', () => {
  const tree = { ...chainTree(1), threshold: Float64Array.of(Number.MAX_VALUE, 0, 0) };
  const rows = [[Number.MAX_VALUE], [-Number.MAX_VALUE], [0]];
  expect(predictByPackage(tree, rows)).toEqual(predictAll(tree, rows));
});

test('the file holds the names of features and classes for the indices', () => {
  const { features, classes } = JSON.parse(
    encodeMlCart(noiseTree({ seed: 1, rows: 20, features: 2, classes: 2 })),
  );
  expect([features.length, classes.length]).toEqual([2, 2]);
});

test('a tree that is too deep to be nested is refused', () => {
  expect.assertions(1);
  try {
    encodeMlCart(chainTree(NESTED_DEPTH_MAX + 1));
  } catch (error) {
    expect(isAlderError(error, 'export-format')).toBe(true);
  }
});

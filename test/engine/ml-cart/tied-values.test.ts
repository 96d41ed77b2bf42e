import { DecisionTreeClassifier } from 'ml-cart';
import { exactEngine } from '../../../shared/engine/exact/fit-exact';
import { mlCartEngine } from '../../../shared/engine/ml-cart/ml-cart';
import { leafCount, nodeCount } from '../../../shared/tree/tree';
import { reordered, trainingSet } from '../training-sets';

/**
 * The smallest case that we know: five rows of one feature.
 *
 *   value  1 1 1 2 2
 *   class  a a b b b
 *
 * Sorted by value, the package looks only where neighbouring rows differ in class. In this order that is between the
 * second and the third row, both of value 1: a split at 1 leaves nothing on its left. The boundary between 1 and 2
 * has b on either side and is never tried. With the b of value 1 first, that boundary has a before b and is found.
 */
const VALUES = [1, 1, 1, 2, 2];
const CLASSES = [0, 0, 1, 1, 1];
const B_FIRST = [2, 0, 1, 3, 4];
const [A, B] = [0, 1];

const rows = trainingSet([VALUES], CLASSES);
const LIMITS = { maxDepth: 64, minLeafRows: 1 };

/** The package with its own defaults except a finite depth, asked for the class of value 1. */
function packageSaysOfOne(order: readonly number[]): number {
  const classifier = new DecisionTreeClassifier({ maxDepth: 64 });
  classifier.train(
    order.map((row) => [VALUES[row]!]),
    order.map((row) => CLASSES[row]!),
  );
  return classifier.predict([[1]])[0]!;
}

test('ml-cart misses the split between 1 and 2, and finds it when the same rows come in another order', () => {
  expect(nodeCount(mlCartEngine.fit(rows, LIMITS))).toBe(1);
  expect(nodeCount(mlCartEngine.fit(reordered(rows, B_FIRST), LIMITS))).toBe(3);
});

test('the package ml-cart itself predicts b or a for the value 1, depending on the order of rows', () => {
  expect(packageSaysOfOne([0, 1, 2, 3, 4])).toBe(B);
  expect(packageSaysOfOne(B_FIRST)).toBe(A);
});

test('exact splits at 1.5 in either order', () => {
  for (const set of [rows, reordered(rows, B_FIRST)]) {
    const tree = exactEngine.fit(set, LIMITS);
    expect([...tree.feature]).toEqual([0, -1, -1]);
    expect(tree.threshold[0]).toBe(1.5);
    expect([...tree.classCounts]).toEqual([2, 3, 2, 1, 0, 2]);
  }
});

test('exclusive or is one leaf to ml-cart, since no single split of it gains, and four to exact', () => {
  const xor = trainingSet(
    [
      [0, 0, 1, 1],
      [0, 1, 0, 1],
    ],
    [0, 1, 1, 0],
  );
  expect(leafCount(mlCartEngine.fit(xor, LIMITS))).toBe(1);
  expect(leafCount(exactEngine.fit(xor, LIMITS))).toBe(4);
});

import fc from 'fast-check';
import { DecisionTreeClassifier } from 'ml-cart';
import { exactEngine } from '../../../shared/engine/exact/fit-exact';
import { mlCartEngine } from '../../../shared/engine/ml-cart/ml-cart';
import type { TrainingSet } from '../../../shared/engine/training-set';
import { nextUp } from '../../../shared/tree/next-double';
import { leafCount, leafOf, majorityClass, type Tree } from '../../../shared/tree/tree';
import { checkTree } from '../../../shared/tree/tree-check';
import { type Candidate, candidatesOf, countsOf, squares } from '../slow-cart';
import { distinctSets, tiedSets, trainingSet } from '../training-sets';

const LIMITS = { maxDepth: 64, minLeafRows: 1 };
const ROUNDING = 1e-9;

function rowOf(rows: TrainingSet, row: number): number[] {
  return rows.columns.map((column) => column[row]!);
}

/** How much a split lowers a node's Gini impurity. */
function gainOf(rows: TrainingSet, members: readonly number[], split: Candidate): number {
  return (split.score - squares(rows, members) / members.length) / members.length;
}

/** The class counts of both sides, whichever side is which. */
function sidesOf(rows: TrainingSet, split: Candidate): string {
  return [countsOf(rows, split.left).join(), countsOf(rows, split.right).join()].sort().join(' | ');
}

/**
 * Walks both trees down together and stops where the two may rightly part. Gives the number of nodes compared.
 *
 * No value twice in a column, they agree at a node when both hold:
 * - no other split comes within rounding of the best one's score, unless it divides the class counts the same way:
 *   the package sums squared shares, the engine squared counts, and a tie that is exact in one may not be in the other;
 * - the node's gain is not its parent's: the package takes that for a sign to stop.
 * That the package tries only boundaries where the class changes costs nothing here, since within a run of one class
 * the score has no maximum (Fayyad and Irani, On the handling of continuous-valued attributes in decision tree
 * generation, Machine Learning 8, 1992).
 */
function compareWhereClear(rows: TrainingSet, exact: Tree, mlCart: Tree): number {
  let compared = 0;
  const compare = (members: readonly number[], a: number, b: number, parentGain: number | null): void => {
    const splits = candidatesOf(rows, members, 1);
    if (exact.feature[a]! >= 0) {
      const best = splits.reduce((one, other) => (other.score > one.score ? other : one));
      const rivals = splits.filter((split) => split.score > best.score - ROUNDING);
      if (rivals.some((rival) => sidesOf(rows, rival) !== sidesOf(rows, best))) return;
      const gain = gainOf(rows, members, best);
      if (parentGain !== null && Math.abs(gain - parentGain) < ROUNDING) return;
      expect(mlCart.feature[b]).toBe(exact.feature[a]);
      // `x < s` was made `value <= nextDown(s)`, and s is the midpoint.
      expect(nextUp(mlCart.threshold[b]!)).toBeCloseTo(exact.threshold[a]!, 12);
      compare(best.left, exact.left[a]!, mlCart.left[b]!, gain);
      compare(best.right, exact.right[a]!, mlCart.right[b]!, gain);
    } else {
      expect(mlCart.feature[b]).toBe(-1);
    }
    compared++;
  };
  compare([...rows.classes.keys()], 0, 0, null);
  return compared;
}

test('where no value ties and no two splits do, both engines give the same node', () => {
  let compared = 0;
  fc.assert(
    fc.property(distinctSets, (rows) => {
      compared += compareWhereClear(rows, exactEngine.fit(rows, LIMITS), mlCartEngine.fit(rows, LIMITS));
    }),
    { seed: 1_992, numRuns: 300 },
  );
  expect(compared).toBeGreaterThan(1_000);
});

test('our tree predicts every fitted row as the package itself does, ties included', () => {
  fc.assert(
    fc.property(tiedSets, (rows) => {
      const tree = mlCartEngine.fit(rows, LIMITS);
      checkTree(tree);
      const present = [...new Set(rows.classes)].sort((a, b) => a - b);
      const features = Array.from({ length: rows.rowCount }, (_, row) => rowOf(rows, row));
      const classifier = new DecisionTreeClassifier({
        minNumSamples: 1,
        gainThreshold: 0,
        maxDepth: LIMITS.maxDepth,
      });
      classifier.train(
        features,
        Array.from(rows.classes, (k) => present.indexOf(k)),
      );
      const theirs = classifier.predict(features).map((label) => present[label]);
      const ours = features.map((row) => majorityClass(tree, leafOf(tree, Float64Array.from(row), 0)));
      expect(ours).toEqual(theirs);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('two adjacent doubles are told apart only where the package rounds their mean up', () => {
  for (const low of [1, nextUp(1), nextUp(nextUp(1))]) {
    const tree = mlCartEngine.fit(trainingSet([[low, nextUp(low)]], [0, 1]), LIMITS);
    // The mean of the two is one of them. Rounded down it is the lower one, and `x < low` cuts nothing off.
    const told = (low + nextUp(low)) / 2 > low;
    expect(leafCount(tree)).toBe(told ? 2 : 1);
    if (told) expect(tree.threshold[0]).toBe(low);
  }
});

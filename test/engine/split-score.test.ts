import { splitScore, thresholdBetween } from '../../shared/engine/split-score';
import { nextUp } from '../../shared/tree/next-double';

test('a split of [2, 2] into [2, 0] and [0, 2] scores 4/2 + 4/2, its parent 8/4', () => {
  expect(splitScore(2 ** 2, 2, 2 ** 2, 2)).toBe(4 / 2 + 4 / 2);
  expect(splitScore(2 ** 2, 2, 2 ** 2, 2)).toBeGreaterThan((2 ** 2 + 2 ** 2) / 4);
});

test('the higher score is the lower weighted Gini impurity', () => {
  const gini = (counts: number[]) => {
    const rows = counts.reduce((a, b) => a + b);
    return 1 - counts.reduce((sum, count) => sum + (count / rows) ** 2, 0);
  };
  const impurity = (left: number[], right: number[]) => (4 * gini(left) + 6 * gini(right)) / 10;
  const first = splitScore(3 ** 2 + 1 ** 2, 4, 2 ** 2 + 4 ** 2, 6);
  const second = splitScore(2 ** 2 + 2 ** 2, 4, 3 ** 2 + 3 ** 2, 6);
  expect(first).toBeGreaterThan(second);
  expect(impurity([3, 1], [2, 4])).toBeLessThan(impurity([2, 2], [3, 3]));
});

test('the threshold is the midpoint of two neighbours', () => {
  expect(thresholdBetween(1, 2)).toBe(1.5);
  expect(thresholdBetween(-3, 1)).toBe(-1);
});

test('between adjacent doubles the threshold is the lower one, whichever way the midpoint rounds', () => {
  for (const low of [0.1, nextUp(0.1), 1, nextUp(1), 5e-324, 1e-323, -5e-324, 1e308]) {
    expect(thresholdBetween(low, nextUp(low))).toBe(low);
  }
});

test('the threshold between the largest doubles is finite', () => {
  expect(thresholdBetween(1.5e308, 1.7e308)).toBe(1.5e308 / 2 + 1.7e308 / 2);
  expect(thresholdBetween(-Number.MAX_VALUE, Number.MAX_VALUE)).toBe(0);
});

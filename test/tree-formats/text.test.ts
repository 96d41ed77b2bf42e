import { fitExact } from '../../shared/engine/exact/fit-exact';
import { leafCount } from '../../shared/tree/tree';
import { encodeText, TEXT_DEPTH_MAX } from '../../shared/tree-formats/text';
import { irisRows } from '../engine/iris';
import { chainTree, lonelyLeaf, noiseTree } from './some-trees';

test('a split is two lines with its test, a leaf one with its class and the rows of the classes that it holds', () => {
  const tree = fitExact(irisRows(), { maxDepth: 2, minLeafRows: 1 });
  expect(encodeText(tree)).toBe(
    [
      '|--- petal_length <= 2.45',
      '|   |--- class: setosa (rows: setosa 50)',
      '|--- petal_length >  2.45',
      '|   |--- petal_width <= 1.75',
      '|   |   |--- class: versicolor (rows: versicolor 49, virginica 5)',
      '|   |--- petal_width >  1.75',
      '|   |   |--- class: virginica (rows: versicolor 1, virginica 45)',
      '',
    ].join('\n'),
  );
});

test('a tree of one leaf is one line, and a tie names the first class', () => {
  expect(encodeText(lonelyLeaf(['a', 'b'], [2, 2]))).toBe('|--- class: a (rows: a 2, b 2)\n');
});

test('U+FFFD replaces a character that would break the line', () => {
  expect(encodeText(lonelyLeaf(['a\nb\u2028\ud800'], [1]))).toBe('|--- class: a�b�� (rows: a�b�� 1)\n');
});

test('every leaf has a line, and every threshold has all its digits', () => {
  const tree = noiseTree({ seed: 1, rows: 500, features: 3, classes: 3 });
  const text = encodeText(tree);
  expect(text.match(/--- class: /g)).toHaveLength(leafCount(tree));
  for (const [node, threshold] of tree.threshold.entries())
    if (tree.feature[node]! >= 0) expect(text).toContain(` <= ${threshold}\n`);
});

test('a line below the greatest depth says how many leaves are left out', () => {
  const lines = encodeText(chainTree(50_000)).split('\n');
  expect(lines.at(-2)).toMatch(
    new RegExp(`^(\\|   ){${TEXT_DEPTH_MAX}}\\|--- left out: ${50_001 - TEXT_DEPTH_MAX} leaves$`),
  );
});

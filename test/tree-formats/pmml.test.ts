import { fitExact } from '../../shared/engine/exact/fit-exact';
import { isAlderError } from '../../shared/errors';
import { isLeaf } from '../../shared/tree/tree';
import { encodePmml } from '../../shared/tree-formats/pmml';
import { NESTED_DEPTH_MAX } from '../../shared/tree-formats/tree-measures';
import { irisRows } from '../engine/iris';
import { chainTree, lonelyLeaf, noiseTree } from './some-trees';

test('a node names its class and its test, and a leaf the rows of its classes', () => {
  const tree = fitExact(irisRows(), { maxDepth: 1, minLeafRows: 1 });
  const text = encodePmml(tree, { model: 'decisiontree', version: 3, digest: 'ab' });
  expect(text).toContain(
    '<Node id="0" score="setosa" recordCount="150"><True/>' +
      '<Node id="1" score="setosa" recordCount="50">' +
      '<SimplePredicate field="petal_length" operator="lessOrEqual" value="2.45"/>' +
      '<ScoreDistribution value="setosa" recordCount="50"/></Node>' +
      '<Node id="2" score="versicolor" recordCount="100">' +
      '<SimplePredicate field="petal_length" operator="greaterThan" value="2.45"/>' +
      '<ScoreDistribution value="versicolor" recordCount="50"/>' +
      '<ScoreDistribution value="virginica" recordCount="50"/></Node></Node>',
  );
  expect(text).toMatch(
    /^<\?xml version="1\.0" encoding="UTF-8"\?><PMML xmlns="http:\/\/www\.dmg\.org\/PMML-4_4" version="4\.4">/,
  );
  expect(text).toContain('<Header description="decisiontree 3"><Extension name="version" value="3"/>');
  expect(text).toContain('functionName="classification" splitCharacteristic="binarySplit"');
});

test('numbers are the shortest texts that read back to the same doubles', () => {
  const tree = noiseTree({ seed: 4, rows: 300, features: 2, classes: 3 });
  const numbers = [...encodePmml(tree).matchAll(/operator="lessOrEqual" value="([^"]+)"/g)];
  const thresholds = [...tree.threshold].filter((_, node) => !isLeaf(tree, node));
  expect(numbers.map((match) => Number(match[1])).sort()).toEqual(thresholds.sort());
});

test('markup and quotes in names are escaped, and a class may be called true', () => {
  const text = encodePmml(lonelyLeaf(['true', `<&>"'`], [1, 2]));
  expect(text).toContain('<Value value="true"/><Value value="&lt;&amp;&gt;&quot;&apos;"/>');
  expect(text).toContain('score="&lt;&amp;&gt;&quot;&apos;"');
});

test('the fields for label and probabilities never take the name of a feature', () => {
  const tree = { ...lonelyLeaf(['a'], [1]), featureNames: ['label', 'label_', 'probability(a)'] };
  const text = encodePmml(tree);
  expect(text).toContain('<MiningField name="label__" usageType="target"/>');
  expect(text).toContain('<OutputField name="probability(a)_"');
});

test.each([
  ['a tree that is too deep to be nested', () => chainTree(NESTED_DEPTH_MAX + 1)],
  ['a name with a character that XML cannot hold', () => lonelyLeaf(['a\u0001'], [1])],
  ['a name with a line break, which a reader would make a space', () => lonelyLeaf(['a\n'], [1])],
])('%s is refused', (_name, tree) => {
  expect.assertions(1);
  try {
    encodePmml(tree());
  } catch (error) {
    expect(isAlderError(error, 'export-format')).toBe(true);
  }
});

test('the deepest tree that the settings allow is written', () => {
  expect(encodePmml(chainTree(NESTED_DEPTH_MAX)).match(/<Node /g)).toHaveLength(2 * NESTED_DEPTH_MAX + 1);
});

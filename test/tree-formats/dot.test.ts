import { fitExact } from '../../shared/engine/exact/fit-exact';
import { nodeCount } from '../../shared/tree/tree';
import { classColour } from '../../shared/tree-formats/class-colours';
import { encodeDot } from '../../shared/tree-formats/dot';
import { irisRows } from '../engine/iris';
import { chainTree, lonelyLeaf, noiseTree } from './some-trees';

test('a node has a box with its test or class, its rows and its colour, an edge says yes or no', () => {
  const tree = fitExact(irisRows(), { maxDepth: 1, minLeafRows: 1 });
  const lines = encodeDot(tree, { model: 'decisiontree', version: 3 }).split('\n');
  expect(lines[0]).toBe('digraph "decisiontree 3" {');
  expect(lines.slice(3)).toEqual([
    expect.stringMatching(
      /^ {2}0 \[label="petal_length <= 2\.45\\n150 rows\\nsetosa: 50\\nversicolor: 50\\nvirginica: 50", fillcolor="#[0-9a-f]{6}"\];$/,
    ),
    '  0 -> 1 [label="yes"];',
    '  0 -> 2 [label="no"];',
    `  1 [label="setosa\\n50 rows\\nsetosa: 50", fillcolor="${classColour(0)}"];`,
    expect.stringMatching(/^ {2}2 \[label="versicolor\\n100 rows\\nversicolor: 50\\nvirginica: 50", /),
    '}',
    '',
  ]);
});

test('quotes, backslashes, entities and line breaks in names stay text', () => {
  const text = encodeDot(lonelyLeaf(['a"b\\n&lt;\n'], [1]));
  expect(text).toContain('label="a\\"b\\\\n&amp;lt;�\\n1 row\\n');
});

test('a label lists the first eight of many classes and counts the others', () => {
  const classNames = Array.from({ length: 20 }, (_, k) => `c${k}`);
  const text = encodeDot(
    lonelyLeaf(
      classNames,
      classNames.map(() => 1),
    ),
  );
  expect(text).toContain('c7: 1\\nand 12 more classes"');
});

test('a DOT file has one line a node and one an edge, however deep the tree is', () => {
  for (const tree of [noiseTree({ seed: 2, rows: 300, features: 8, classes: 8 }), chainTree(20_000)]) {
    const lines = encodeDot(tree).split('\n');
    expect(lines.filter((line) => /^ {2}\d+ \[/.test(line))).toHaveLength(nodeCount(tree));
    expect(lines.filter((line) => line.includes(' -> '))).toHaveLength(nodeCount(tree) - 1);
  }
});

import { fitExact } from '../../shared/engine/exact/fit-exact';
import { isLeaf, leafCount, nodeCount } from '../../shared/tree/tree';
import { ENDS_MAX, encodeSvg, layOut } from '../../shared/tree-formats/svg';
import { irisRows } from '../engine/iris';
import { chainTree, lonelyLeaf, noiseTree } from './some-trees';

const iris = fitExact(irisRows(), { maxDepth: 64, minLeafRows: 1 });
const large = noiseTree({ seed: 3, rows: 4_000, features: 3, classes: 4 });

test('leaves are at equal distances, and a parent is above the middle of its children', () => {
  const { nodes, ends, leftOut } = layOut(iris);
  expect(nodes).toHaveLength(nodeCount(iris));
  const leaves = nodes.filter(({ node }) => isLeaf(iris, node));
  expect(leaves.map(({ x }) => x).sort((a, b) => a - b)).toEqual([...Array(leafCount(iris)).keys()]);
  for (const { x, depth, children } of nodes) {
    if (children.length === 0) continue;
    const [left, right] = [children[0]!, children[1]!];
    expect(left.x).toBeLessThan(right.x);
    expect(x).toBe((left.x + right.x) / 2);
    expect([left.depth, right.depth]).toEqual([depth + 1, depth + 1]);
  }
  expect([ends, leftOut]).toEqual([leafCount(iris), 0]);
});

test('no two boxes of a level overlap', () => {
  const byLevel = new Map<number, number[]>();
  for (const { x, depth } of layOut(large).nodes) byLevel.set(depth, [...(byLevel.get(depth) ?? []), x]);
  for (const level of byLevel.values()) {
    level.sort((a, b) => a - b);
    for (let i = 1; i < level.length; i++) expect(level[i]! - level[i - 1]!).toBeGreaterThanOrEqual(1);
  }
});

test('a picture has a title, a description in words, and colours for dark pages', () => {
  const svg = encodeSvg(iris, { model: 'decisiontree', version: 12 });
  expect(svg).toMatch(
    /^<svg [^>]*role="img" viewBox="0 0 \d+ \d+" aria-labelledby="alder-tree-title alder-tree-desc">/,
  );
  expect(svg).toContain('<title id="alder-tree-title">decisiontree 12</title>');
  expect(svg).toContain('fitted on 150 rows: setosa 50, versicolor 50, virginica 50.</desc>');
  expect(svg).toContain('@media (prefers-color-scheme:dark)');
  expect(svg.match(/<g>/g)).toHaveLength(nodeCount(iris));
});

test('names are escaped, and long ones shortened in the box but not in its title', () => {
  const name = `<script>&"${'x'.repeat(40)}\u0000`;
  const svg = encodeSvg(lonelyLeaf([name], [1]));
  expect(svg).not.toContain('<script>');
  expect(svg).toContain('>&lt;script&gt;&amp;&quot;xxxxxxxxxxxxx…</text>');
  expect(svg).toContain(`<title>&lt;script&gt;&amp;&quot;${'x'.repeat(40)}�: `);
});

test('a large tree is drawn down to some depth, and the picture says how many leaves are left out', () => {
  const { ends, leftOut, depth, nodes } = layOut(large);
  expect(leafCount(large)).toBeGreaterThan(5 * ENDS_MAX);
  expect(ends).toBeLessThanOrEqual(ENDS_MAX);
  expect(ends).toBeGreaterThan(ENDS_MAX / 4);
  const cut = nodes.filter((placed) => placed.leftOut > 0);
  expect(leftOut).toBe(cut.reduce((sum, placed) => sum + placed.leftOut, 0));
  expect(ends - cut.length + leftOut).toBe(leafCount(large));
  const svg = encodeSvg(large);
  expect(svg).toContain(`>drawn to level ${depth} of `);
  expect(svg).toContain(`${leftOut} of ${leafCount(large)} leaves are left out`);
  expect(svg.length).toBeLessThan(500_000);
});

test('a tree of one leaf and a chain of 50,000 splits are drawn', () => {
  expect(layOut(lonelyLeaf(['a'], [1])).nodes).toHaveLength(1);
  expect(layOut(chainTree(50_000)).ends).toBe(ENDS_MAX);
});

import type { PlacedNode } from '../../../services/dashboard/tree/tree-layout';
import { layOut } from '../../../services/dashboard/tree/tree-layout';
import { drawnTree, fullTree } from './drawn-trees';

const allOpen = (nodes: number) => new Set(Array.from({ length: nodes }, (_, node) => node));

function opened(tree: ReturnType<typeof drawnTree>): ReadonlySet<number> {
  return new Set([...allOpen(tree.feature.length)].filter((node) => tree.feature[node]! >= 0));
}

test('boxes of one level do not touch, in a tree of 1,024 leaves', () => {
  const tree = drawnTree(fullTree(10));
  const levels = new Map<number, PlacedNode[]>();
  for (const placed of layOut(tree, opened(tree)).nodes)
    levels.set(placed.level, [...(levels.get(placed.level) ?? []), placed]);
  expect(levels.size).toBe(11);
  for (const nodes of levels.values()) {
    const gaps = nodes.slice(1).map(({ x, width }, i) => x - width / 2 - (nodes[i]!.x + nodes[i]!.width / 2));
    expect(Math.min(Number.POSITIVE_INFINITY, ...gaps)).toBeGreaterThan(0);
  }
});

test('the yes child is below its parent on the left, the no child on the right', () => {
  const tree = drawnTree({ cut: 5, left: [3, 0], right: [0, 2] });
  const [root, yes, no] = layOut(tree, opened(tree)).nodes;
  expect(yes!.x).toBeLessThan(root!.x);
  expect(no!.x).toBeGreaterThan(root!.x);
  expect(yes!.y).toBeGreaterThan(root!.y);
  expect([yes!.place, no!.place]).toEqual([1, 2]);
});

test('descendants of a closed node are not placed', () => {
  const tree = drawnTree(fullTree(3));
  const { nodes } = layOut(tree, new Set([0]));
  expect(nodes.map(({ isOpen, isLeaf }) => [isOpen, isLeaf])).toEqual([
    [true, false],
    [false, false],
    [false, false],
  ]);
});

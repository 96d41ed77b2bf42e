import { carriedOver, openedAtFirst, toggled } from '../../../services/dashboard/tree/opened-nodes';
import { leavesBelow } from '../../../services/dashboard/tree/read-tree';
import { drawnTree, fullTree } from './drawn-trees';

const SMALL = drawnTree({ cut: 5, left: [3, 0], right: { cut: 7, left: [0, 2], right: [1, 1] } });

/** The number of drawn ends: leaves and closed nodes. */
function ends(opened: ReadonlySet<number>): number {
  return opened.size + 1;
}

test('a small tree starts with every node open', () => {
  expect([...openedAtFirst(SMALL)].sort()).toEqual([0, 2]);
});

test('a tree of one leaf has no open node', () => {
  expect(openedAtFirst(drawnTree([1, 0])).size).toBe(0);
});

test('a tree of 1,024 leaves starts open down to a readable level', () => {
  const tree = drawnTree(fullTree(10));
  expect(leavesBelow(tree)[0]).toBe(1_024);
  expect(ends(openedAtFirst(tree))).toBe(8);
});

test('opening a node opens everything below it when that is small', () => {
  const tree = drawnTree(fullTree(5));
  const child = tree.left[0]!;
  const grandchild = tree.left[child]!;
  expect(toggled(tree, new Set([0]), child)).toEqual(new Set([0, child]));
  expect(toggled(tree, new Set([0, child]), grandchild).size).toBe(2 + 7);
});

test('closing a node keeps its open descendants open for later', () => {
  expect(toggled(SMALL, new Set([0, 2]), 0)).toEqual(new Set([2]));
});

test('a node that a person closed stays closed in the next tree', () => {
  const after = drawnTree({ cut: 6, left: [4, 0], right: { cut: 7, left: [0, 2], right: [1, 2] } });
  expect(carriedOver(SMALL, new Set([0]), after)).toEqual(new Set([0]));
});

test('a small subtree that has grown in the next tree is open', () => {
  const grown = { cut: 1, left: [1, 0], right: [2, 0] } as const;
  const after = drawnTree({ cut: 5, left: grown, right: { cut: 7, left: [0, 2], right: [1, 1] } });
  expect([...carriedOver(SMALL, new Set([0]), after)].sort()).toEqual([0, 1]);
});

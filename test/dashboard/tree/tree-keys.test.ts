import { moveOf } from '../../../services/dashboard/tree/tree-keys';
import type { PlacedNode } from '../../../services/dashboard/tree/tree-layout';

const placed = (node: number, parent: number, isLeaf: boolean, isOpen: boolean): PlacedNode => ({
  node,
  parent,
  isLeaf,
  isOpen,
  x: 0,
  y: 0,
  width: 1,
  level: 1,
  place: 1,
});

/** An open root, a leaf on its left, and a closed node on its right. */
const NODES = [placed(0, -1, false, true), placed(1, 0, true, false), placed(2, 0, false, false)];

test.each([
  ['ArrowDown', 0, { kind: 'focus', node: 1 }],
  ['ArrowUp', 2, { kind: 'focus', node: 1 }],
  ['Home', 2, { kind: 'focus', node: 0 }],
  ['End', 0, { kind: 'focus', node: 2 }],
  ['ArrowRight', 0, { kind: 'focus', node: 1 }],
  ['ArrowRight', 2, { kind: 'toggle', node: 2 }],
  ['ArrowLeft', 0, { kind: 'toggle', node: 0 }],
  ['ArrowLeft', 2, { kind: 'focus', node: 0 }],
  ['Enter', 2, { kind: 'toggle', node: 2 }],
  [' ', 0, { kind: 'toggle', node: 0 }],
])('the key "%s" at node %i has its ARIA effect', (key, focused, move) => {
  expect(moveOf(key, NODES, focused)).toEqual(move);
});

test.each([
  ['ArrowUp', 0],
  ['ArrowDown', 2],
  ['ArrowRight', 1],
  ['Enter', 1],
  ['x', 0],
])('the key "%s" at node %i has no effect', (key, focused) => {
  expect(moveOf(key, NODES, focused)).toBeNull();
});

import type { PlacedNode } from '../../../services/dashboard/tree/tree-layout';
import { firstView, fitted, framing, keeping, showing, zoomed } from '../../../services/dashboard/tree/view';

const SIZE = { width: 400, height: 300 };
const node = (x: number, y: number): PlacedNode => ({
  node: 0,
  parent: -1,
  x,
  y,
  width: 100,
  level: 1,
  place: 1,
  isLeaf: false,
  isOpen: true,
});
const layout = (width: number, height: number) => ({ nodes: [node(0, 0)], left: -width / 2, width, height });

test('a small tree is shown whole at scale 1', () => {
  expect(firstView(layout(200, 100), SIZE)).toEqual({ scale: 1, x: 200, y: 100 });
});

test('a large tree starts at its root in a readable scale', () => {
  const view = firstView(layout(10_000, 100), SIZE);
  expect(view.scale).toBeGreaterThan(0.5);
  expect(view.x).toBe(200);
});

test('the fitted view shows a tree of a thousand leaves from side to side', () => {
  const wide = layout(15_000, 1_000);
  const { scale, x } = fitted(wide, SIZE);
  expect(x + scale * wide.left).toBeGreaterThanOrEqual(0);
  expect(x + scale * (wide.left + wide.width)).toBeLessThanOrEqual(SIZE.width);
});

test('zooming keeps the point below the pointer in its place', () => {
  const before = { scale: 1, x: 20, y: 30 };
  const after = zoomed(before, 1.5, 120, 80);
  expect((120 - after.x) / after.scale).toBeCloseTo((120 - before.x) / before.scale);
  expect((80 - after.y) / after.scale).toBeCloseTo((80 - before.y) / before.scale);
});

test('a visible node keeps the view, a hidden one comes to the middle', () => {
  const view = { scale: 1, x: 200, y: 16 };
  expect(showing(view, node(0, 0), SIZE)).toBe(view);
  expect(showing(view, node(900, 0), SIZE).x).toBe(200 - 900);
});

test('a node whose place in the layout changes stays where it was on screen', () => {
  const view = { scale: 0.5, x: 10, y: 10 };
  const { x } = keeping(view, node(100, 0), node(160, 0));
  expect(x + 0.5 * 160).toBe(10 + 0.5 * 100);
});

test('a path is shown from its root to its leaf, and a visible path keeps the view', () => {
  const path = [node(0, 0), node(-200, 112), node(-400, 224)];
  const view = framing({ scale: 1, x: 200, y: 16 }, path, SIZE);
  for (const step of path) expect(showing(view, step, SIZE)).toBe(view);
  expect(framing(view, path, SIZE)).toBe(view);
});

test('a path that would be too small to read is shown at its leaf', () => {
  const leaf = node(-5_000, 5_000);
  const view = framing({ scale: 1, x: 200, y: 16 }, [node(0, 0), leaf], SIZE);
  expect(view.scale).toBe(1);
  expect(showing(view, leaf, SIZE)).toBe(view);
});

import type { PlacedNode, TreeLayout } from './tree-layout';
import { NODE_HEIGHT } from './tree-layout';

/** The visible part of the drawing: a point p of the drawing appears at scale · p + (x, y), in pixels. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const SCALE_MIN = 0.02;
export const SCALE_MAX = 2.5;
/** Text is not readable below this scale, so a tree that does not fit at it starts with its sides cut off. */
const SCALE_READABLE = 0.72;
/** A decision path may be shown smaller than a tree, since its shape matters more than its text. */
const SCALE_PATH_MIN = 0.45;
const MARGIN = 16;

/** The whole tree in the middle, as large as the frame allows and at most at scale 1. */
export function fitted(layout: TreeLayout, size: Size): View {
  const across = (size.width - 2 * MARGIN) / layout.width;
  const down = (size.height - 2 * MARGIN) / layout.height;
  return centred(layout, size, clamp(Math.min(across, down, 1)));
}

/** The first view of a tree: the whole tree when it is readable, else its root in the middle of the upper edge. */
export function firstView(layout: TreeLayout, size: Size): View {
  const whole = fitted(layout, size);
  if (whole.scale >= SCALE_READABLE) return whole;
  const root = layout.nodes[0]!;
  return { scale: SCALE_READABLE, x: size.width / 2 - SCALE_READABLE * root.x, y: MARGIN };
}

/** Zooms by a factor; the point that is visible at (x, y) stays there. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = clamp(view.scale * factor);
  const by = scale / view.scale;
  return { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
}

export function panned(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** The same view while the node is visible; else one with the node in the middle, a little low to show its ancestors. */
export function showing(view: View, { x, y, width }: PlacedNode, size: Size): View {
  const left = view.x + view.scale * (x - width / 2);
  const top = view.y + view.scale * y;
  const isVisible =
    isWithin(left, view.scale * width, size.width) && isWithin(top, view.scale * NODE_HEIGHT, size.height);
  if (isVisible) return view;
  return { scale: view.scale, x: size.width / 2 - view.scale * x, y: LOW * size.height - view.scale * y };
}

const LOW = 0.65;

/**
 * The same view while the whole path is visible; else one with the path in the middle, at most at the present
 * scale or SCALE_READABLE. When that would be below SCALE_PATH_MIN, the view shows the leaf instead.
 */
export function framing(view: View, path: readonly PlacedNode[], size: Size): View {
  const leaf = path.at(-1);
  if (leaf === undefined || path.every((node) => showing(view, node, size) === view)) return view;
  const left = Math.min(...path.map(({ x, width }) => x - width / 2));
  const right = Math.max(...path.map(({ x, width }) => x + width / 2));
  const height = leaf.y + NODE_HEIGHT - path[0]!.y;
  const across = (size.width - 2 * MARGIN) / (right - left);
  const down = (size.height - 2 * MARGIN) / height;
  const scale = Math.min(across, down, Math.max(view.scale, SCALE_READABLE));
  if (scale < SCALE_PATH_MIN)
    return showing({ ...view, scale: Math.max(view.scale, SCALE_READABLE) }, leaf, size);
  return {
    scale,
    x: (size.width - scale * (left + right)) / 2,
    y: (size.height - scale * height) / 2 - scale * path[0]!.y,
  };
}

function isWithin(from: number, length: number, extent: number): boolean {
  return from >= MARGIN && from + length <= extent - MARGIN;
}

/** Pans the view so that a node whose place in the layout changed appears where it was. */
export function keeping(view: View, before: PlacedNode, after: PlacedNode): View {
  return panned(view, view.scale * (before.x - after.x), view.scale * (before.y - after.y));
}

function centred(layout: TreeLayout, size: Size, scale: number): View {
  return {
    scale,
    x: (size.width - scale * layout.width) / 2 - scale * layout.left,
    y: Math.max(MARGIN, (size.height - scale * layout.height) / 2),
  };
}

function clamp(scale: number): number {
  return Math.min(SCALE_MAX, Math.max(SCALE_MIN, scale));
}

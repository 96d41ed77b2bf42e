import type { PlacedNode, TreeLayout } from './tree-layout';
import { NODE_HEIGHT } from './tree-layout';

/** Which part of the drawing is seen: a point of the drawing is seen at scale · point + offset, in pixels. */
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
/** Below this nothing can be read, so a tree that needs less begins cut off at its sides. */
const SCALE_READABLE = 0.72;
/** A path may be seen a little smaller than a tree begins, since its shape is what tells. */
const SCALE_PATH_MIN = 0.45;
const MARGIN = 16;

/** All of the tree, as large as it goes, in the middle; never larger than drawn. */
export function fitted(layout: TreeLayout, size: Size): View {
  const across = (size.width - 2 * MARGIN) / layout.width;
  const down = (size.height - 2 * MARGIN) / layout.height;
  return centred(layout, size, clamp(Math.min(across, down, 1)));
}

/** How a tree is seen first: all of it where that can be read, else its root in the middle of the upper edge. */
export function firstView(layout: TreeLayout, size: Size): View {
  const whole = fitted(layout, size);
  if (whole.scale >= SCALE_READABLE) return whole;
  const root = layout.nodes[0]!;
  return { scale: SCALE_READABLE, x: size.width / 2 - SCALE_READABLE * root.x, y: MARGIN };
}

/** Larger or smaller by a factor; the point at (x, y) of what is seen stays where it is. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = clamp(view.scale * factor);
  const by = scale / view.scale;
  return { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
}

export function panned(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** The same while a node is in sight; else it comes to the middle, a little low, since what led to it is above. */
export function showing(view: View, { x, y, width }: PlacedNode, size: Size): View {
  const left = view.x + view.scale * (x - width / 2);
  const top = view.y + view.scale * y;
  const isInSight =
    isWithin(left, view.scale * width, size.width) && isWithin(top, view.scale * NODE_HEIGHT, size.height);
  if (isInSight) return view;
  return { scale: view.scale, x: size.width / 2 - view.scale * x, y: LOW * size.height - view.scale * y };
}

const LOW = 0.65;

/**
 * All of a path in the middle, as large as it goes but no larger than it is seen now; the same while it is in sight.
 * A path that is too long to be read so is seen at its leaf.
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

function isWithin(from: number, length: number, room: number): boolean {
  return from >= MARGIN && from + length <= room - MARGIN;
}

/** Moved so that a node which was laid out elsewhere is seen where it was. */
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

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

export const SCALE_MIN = 0.1;
export const SCALE_MAX = 2.5;
/** Below this nothing can be read, so a tree that needs less begins cut off at its sides. */
const SCALE_READABLE = 0.72;
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

/** The same while a node is in sight; else moved so that it is in the middle, across or down or both. */
export function showing(view: View, { x, y, width }: PlacedNode, size: Size): View {
  const left = view.x + view.scale * (x - width / 2);
  const top = view.y + view.scale * y;
  return panned(
    view,
    intoSight(left, view.scale * width, size.width),
    intoSight(top, view.scale * NODE_HEIGHT, size.height),
  );
}

function intoSight(from: number, length: number, room: number): number {
  const isInSight = from >= MARGIN && from + length <= room - MARGIN;
  return isInSight ? 0 : (room - length) / 2 - from;
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

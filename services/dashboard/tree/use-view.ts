import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Tree } from '../../../shared/tree/tree';
import type { PlacedNode, TreeLayout } from './tree-layout';
import { firstView, fitted, framing, keeping, panned, type Size, showing, type View, zoomed } from './view';

const BUTTON_FACTOR = 1.3;
/** Zoom factor for each pixel of the wheel; a notch of about 100 pixels zooms a third as far as a button. */
const WHEEL_FACTOR = 1.0009;
/** A pointer that moved fewer pixels clicks and does not drag. */
const DRAG_PIXELS_MIN = 4;
const KEY_PIXELS = 60;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [KEY_PIXELS, 0],
  ArrowRight: [-KEY_PIXELS, 0],
  ArrowUp: [0, KEY_PIXELS],
  ArrowDown: [0, -KEY_PIXELS],
};

/**
 * Pans and zooms the drawing. A new tree gets a new view, unless a person has moved the view; then the view stays and
 * the root keeps its place.
 */
export function useView(layout: TreeLayout, tree: Tree, size: Size) {
  const [view, set] = useState<View>(() => firstView(layout, size));
  const isMoved = useRef(false);
  const seen = useRef<readonly [Tree, number] | null>(null);
  const drag = useRef<{ x: number; y: number; moved: number } | null>(null);
  const wasDragged = useRef(false);
  useLayoutEffect(() => {
    const [oldTree, oldWidth] = seen.current ?? [null, 0];
    seen.current = [tree, size.width];
    if (oldWidth !== size.width) isMoved.current = false;
    else if (oldTree === tree || isMoved.current) return;
    set(firstView(layout, size));
  }, [tree, layout, size]);

  /** For changes by a person, after which a new tree keeps the view. */
  const setView = (next: View | ((old: View) => View)) => {
    isMoved.current = true;
    set(next);
  };
  const zoomBy = (factor: number) => setView((old) => zoomed(old, factor, size.width / 2, size.height / 2));
  return {
    view,
    zoomIn: () => zoomBy(BUTTON_FACTOR),
    zoomOut: () => zoomBy(1 / BUTTON_FACTOR),
    fit: () => setView(fitted(layout, size)),
    show: (node: PlacedNode) => set((old) => showing(old, node, size)),
    frame: (path: readonly PlacedNode[]) => set((old) => framing(old, path, size)),
    keep: (before: PlacedNode, after: PlacedNode) => setView((old) => keeping(old, before, after)),
    /** Whether the current click ends a drag. */
    endedDrag: () => wasDragged.current,
    /** True for a key that pans. */
    pannedBy(event: KeyboardEvent): boolean {
      const by = event.shiftKey ? ARROWS[event.key] : undefined;
      if (by !== undefined) setView((old) => panned(old, ...by));
      return by !== undefined;
    },
    handlers: {
      onWheel(event: WheelEvent) {
        // Without the Ctrl key the wheel scrolls the page.
        if (!event.ctrlKey) return;
        event.preventDefault();
        const box = (event.currentTarget as Element).getBoundingClientRect();
        const factor = WHEEL_FACTOR ** -event.deltaY;
        setView((old) => zoomed(old, factor, event.clientX - box.left, event.clientY - box.top));
      },
      onPointerDown(event: PointerEvent) {
        wasDragged.current = false;
        if (event.button === 0) drag.current = { x: event.clientX, y: event.clientY, moved: 0 };
      },
      onPointerMove(event: PointerEvent) {
        const last = drag.current;
        if (last === null) return;
        const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
        const moved = last.moved + Math.abs(dx) + Math.abs(dy);
        drag.current = { x: event.clientX, y: event.clientY, moved };
        if (moved < DRAG_PIXELS_MIN) return;
        // Capture starts with the drag, since the click of a captured pointer does not reach the node below it.
        (event.currentTarget as Element).setPointerCapture(event.pointerId);
        wasDragged.current = true;
        setView((old) => panned(old, dx, dy));
      },
      onPointerUp() {
        drag.current = null;
      },
      onPointerCancel() {
        drag.current = null;
      },
      onPointerLeave() {
        if (!wasDragged.current) drag.current = null;
      },
    },
  };
}

/** The current width of an element in pixels; 1,000 before the first measurement. */
export function useWidth<E extends Element>() {
  const element = useRef<E>(null);
  const [width, setWidth] = useState(1_000);
  useLayoutEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setWidth(entry.contentRect.width);
    });
    setWidth(element.current.getBoundingClientRect().width || 1_000);
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width] as const;
}

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Tree } from '../../../shared/tree/tree';
import { leavesBelow, parentsOf } from './read-tree';
import type { TreeChanges } from './tree-changes';
import { TreeEdges } from './tree-edges';
import { moveOf } from './tree-keys';
import type { PlacedNode } from './tree-layout';
import { layOut } from './tree-layout';
import { TreeNode } from './tree-node';
import { useOpened } from './use-tree';
import { useView, useWidth } from './use-view';

interface TreeDrawingProps {
  readonly tree: Tree;
  /** Names the tree for people: `version 15`. */
  readonly name: string;
  readonly changes: TreeChanges | null;
  /** Nodes of the highlighted decision path; empty for none. */
  readonly path: readonly number[];
}

const HEIGHT_MIN = 260;
const HEIGHT_MAX = 560;

/** The drawing of a tree: keys move between nodes, nodes open and close, and the view pans and zooms. */
export function TreeDrawing({ tree, name, changes, path }: TreeDrawingProps) {
  const { opened, toggle, openAll } = useOpened(tree);
  const [focused, setFocused] = useState(0);
  const [box, width] = useWidth<HTMLDivElement>();
  const group = useRef<SVGGElement>(null);
  const leaves = useMemo(() => leavesBelow(tree), [tree]);
  const parents = useMemo(() => parentsOf(tree), [tree]);
  const lit = useMemo(() => new Set(path), [path]);
  const layout = useMemo(() => layOut(tree, opened), [tree, opened]);
  const placedAt = (node: number) => layout.nodes.find((placed) => placed.node === node);
  const height = Math.min(HEIGHT_MAX, Math.max(HEIGHT_MIN, layout.height + 40));
  const size = useMemo(() => ({ width, height }), [width, height]);
  const { view, handlers, show, frame, keep, endedDrag, pannedBy, zoomIn, zoomOut, fit } = useView(
    layout,
    tree,
    size,
  );

  const anchor = useRef<PlacedNode | null>(null);
  function toggleHere(node: number) {
    anchor.current = placedAt(node) ?? null;
    toggle(node);
  }
  // Opening a node changes the layout, so the view moves with it and the node stays below the pointer.
  useLayoutEffect(() => {
    const before = anchor.current;
    anchor.current = null;
    const after = before === null ? undefined : placedAt(before.node);
    if (before !== null && after !== undefined) keep(before, after);
  }, [layout]);

  const leaf = path.at(-1);
  useEffect(() => openAll(path.slice(0, -1)), [path]);
  const end = leaf === undefined ? undefined : placedAt(leaf);
  // A highlighted path is of no use outside the view, so the view moves to it.
  useEffect(() => {
    if (end !== undefined) frame(layout.nodes.filter(({ node }) => lit.has(node)));
  }, [path, end?.node, width]);

  const visible = shownAncestor(focused);
  function shownAncestor(node: number): number {
    let at = node;
    while (at > 0 && placedAt(at) === undefined) at = parents[at] ?? 0;
    return at;
  }

  function focus(node: number) {
    setFocused(node);
    group.current?.querySelector<SVGGElement>(`#node-${node}`)?.focus({ preventScroll: true });
    const placed = placedAt(node);
    if (placed !== undefined) show(placed);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (pannedBy(event)) {
      event.preventDefault();
      return;
    }
    const zoom = { '+': zoomIn, '-': zoomOut, '0': fit }[event.key];
    zoom?.();
    const move = moveOf(event.key, layout.nodes, nodeOf(event) ?? visible);
    if (zoom === undefined && move === null) return;
    event.preventDefault();
    if (move?.kind === 'focus') focus(move.node);
    if (move?.kind === 'toggle') toggleHere(move.node);
  }

  function onClick(event: MouseEvent) {
    if (endedDrag()) return;
    const node = nodeOf(event);
    if (node === null) return;
    setFocused(node);
    if (tree.feature[node]! >= 0) toggleHere(node);
  }

  return (
    <div class="tree-frame" ref={box}>
      <div
        class="tree-drawing"
        role="tree"
        aria-label={`decision tree of ${name}`}
        aria-describedby="tree-keys"
        onKeyDown={onKeyDown}
        onClick={onClick}
        {...handlers}
      >
        <svg role="presentation" width={width} height={height}>
          <g ref={group} transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
            <TreeEdges tree={tree} nodes={layout.nodes} lit={lit} />
            {layout.nodes.map((placed) => {
              const mark = changes?.marks.get(placed.node) ?? null;
              const isLit = lit.has(placed.node);
              const heard = `${mark === null ? '' : `; changed, ${mark.before}`}${isLit ? '; on the decision path' : ''}`;
              return (
                <TreeNode
                  key={placed.node}
                  tree={tree}
                  placed={placed}
                  leaves={leaves[placed.node]!}
                  isLit={isLit}
                  mark={mark}
                  changesHidden={placed.isOpen ? 0 : (changes?.below[placed.node] ?? 0)}
                  isStop={placed.node === visible}
                  heard={heard}
                />
              );
            })}
          </g>
        </svg>
      </div>
      <div class="tree-foot">
        <p class="quiet tree-hint" id="tree-keys">
          Click a node or press Enter to open or close it; arrow keys move between nodes. Drag or press
          Shift+arrow to pan; press + or −, or turn the wheel with Ctrl, to zoom.
        </p>
        <div class="tree-zoom">
          <button type="button" class="button" aria-label="zoom in" title="zoom in" onClick={zoomIn}>
            +
          </button>
          <button type="button" class="button" aria-label="zoom out" title="zoom out" onClick={zoomOut}>
            −
          </button>
          <button type="button" class="button" onClick={fit}>
            fit
          </button>
        </div>
      </div>
    </div>
  );
}

/** The node at which an event happened; null for an event outside all nodes. */
function nodeOf({ target }: Event): number | null {
  const found = (target as Element).closest('[data-node]')?.getAttribute('data-node') ?? null;
  return found === null ? null : Number(found);
}

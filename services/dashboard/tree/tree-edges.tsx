import type { Tree } from '../../../shared/tree/tree';
import { totalRows } from './node-words';
import { NODE_HEIGHT, type PlacedNode } from './tree-layout';

interface TreeEdgesProps {
  readonly tree: Tree;
  readonly nodes: readonly PlacedNode[];
  readonly lit: ReadonlySet<number>;
}

const THINNEST = 1.25;
const THICKEST = 7;
const THINNEST_LIT = 3;

/** The edges from each node to its children: `yes` left, `no` right, as thick as the child's share of the rows. */
export function TreeEdges({ tree, nodes, lit }: TreeEdgesProps) {
  const placedAt = new Map(nodes.map((placed) => [placed.node, placed]));
  const all = totalRows(tree, 0);
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: no element in here takes the focus.
    <g class="tree-edges" aria-hidden="true">
      {nodes.slice(1).map((child) => {
        const parent = placedAt.get(child.parent)!;
        const from = parent.y + NODE_HEIGHT;
        const middle = (from + child.y) / 2;
        const share = totalRows(tree, child.node) / all;
        return (
          <g key={child.node} class={lit.has(child.node) ? 'is-lit' : ''}>
            <path
              d={`M${parent.x} ${from}C${parent.x} ${middle} ${child.x} ${middle} ${child.x} ${child.y}`}
              stroke-width={lit.has(child.node) ? Math.max(THINNEST_LIT, thickness(share)) : thickness(share)}
            />
            <text x={(parent.x + child.x) / 2} y={middle + 4} text-anchor="middle">
              {child.place === 1 ? 'yes' : 'no'}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function thickness(share: number): number {
  return THINNEST + (THICKEST - THINNEST) * share;
}

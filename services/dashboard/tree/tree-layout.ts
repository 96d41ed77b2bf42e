import { hierarchy, tree as tidyTree } from 'd3-hierarchy';
import type { Tree } from '../../../shared/tree/tree';

/** A node and the place of its box; x is the middle of the box, y its top. */
export interface PlacedNode {
  readonly node: number;
  readonly parent: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** 1 for the root. */
  readonly level: number;
  /** 1 for a left child and the root, 2 for a right child. */
  readonly place: number;
  readonly isLeaf: boolean;
  readonly isOpen: boolean;
}

export interface TreeLayout {
  /** In reading order: a node before its descendants, left before right. */
  readonly nodes: readonly PlacedNode[];
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

/** In pixels at scale 1. */
export const INNER_WIDTH = 178;
export const LEAF_WIDTH = 112;
export const NODE_HEIGHT = 62;
const LEVEL_HEIGHT = 112;
const GAP = 14;

/** Places the open nodes and their children by the tidy-tree algorithm of Reingold and Tilford. */
export function layOut(tree: Tree, opened: ReadonlySet<number>): TreeLayout {
  const widthOf = (node: number) => (tree.feature[node]! < 0 ? LEAF_WIDTH : INNER_WIDTH);
  const root = hierarchy(0, (node) => (opened.has(node) ? [tree.left[node]!, tree.right[node]!] : null));
  const placed = tidyTree<number>()
    .nodeSize([1, LEVEL_HEIGHT])
    .separation((a, b) => (widthOf(a.data) + widthOf(b.data)) / 2 + GAP)(root);
  const nodes: PlacedNode[] = [];
  placed.eachBefore(({ data: node, parent, x, y, depth, children }) => {
    nodes.push({
      node,
      parent: parent?.data ?? -1,
      x,
      y,
      width: widthOf(node),
      level: depth + 1,
      place: parent?.children?.[1]?.data === node ? 2 : 1,
      isLeaf: tree.feature[node]! < 0,
      isOpen: children !== undefined,
    });
  });
  const left = Math.min(...nodes.map(({ x, width }) => x - width / 2));
  const right = Math.max(...nodes.map(({ x, width }) => x + width / 2));
  const height = Math.max(...nodes.map(({ y }) => y)) + NODE_HEIGHT;
  return { nodes, left, width: right - left, height };
}

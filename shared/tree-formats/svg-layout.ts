import { isLeaf, nodeCount, type Tree } from '../tree/tree';
import { leavesBelow } from './subtree';

/** Ends that are drawn; more make a picture that nobody looks at, and a file of a megabyte. */
export const ENDS_MAX = 200;

export interface PlacedNode {
  readonly node: number;
  /** In steps from the left end of the picture: ends stand at 0, 1, 2 …, a parent above the middle of its children. */
  readonly x: number;
  /** Edges from the root. */
  readonly depth: number;
  /** Leaves below that are not drawn; 0 where all of it is. */
  readonly leftOut: number;
  readonly children: readonly PlacedNode[];
}

export interface Layout {
  /** Every drawn node; a parent comes after its children. */
  readonly nodes: readonly PlacedNode[];
  readonly ends: number;
  readonly depth: number;
  readonly leftOut: number;
}

/** Places the nodes down to the depth that has at most `ENDS_MAX` ends. A tree so small is placed whole. */
export function layOut(tree: Tree): Layout {
  const deepest = drawnDepth(tree);
  const placed = new Map<number, PlacedNode>();
  const pending: { readonly node: number; readonly depth: number; readonly isOpen: boolean }[] = [];
  pending.push({ node: 0, depth: 0, isOpen: false });
  let ends = 0;
  let depth = 0;
  let leftOut = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node } = next;
    if (isLeaf(tree, node) || next.depth === deepest) {
      const leaves = isLeaf(tree, node) ? 0 : leavesBelow(tree, node);
      placed.set(node, { node, x: ends++, depth: next.depth, leftOut: leaves, children: [] });
      depth = Math.max(depth, next.depth);
      leftOut += leaves;
    } else if (next.isOpen) {
      const children = [placed.get(tree.left[node]!)!, placed.get(tree.right[node]!)!];
      const x = (children[0]!.x + children[1]!.x) / 2;
      placed.set(node, { node, x, depth: next.depth, leftOut: 0, children });
    } else {
      const below = { depth: next.depth + 1, isOpen: false };
      pending.push({ ...next, isOpen: true });
      pending.push({ node: tree.right[node]!, ...below }, { node: tree.left[node]!, ...below });
    }
  }
  return { nodes: [...placed.values()], ends, depth, leftOut };
}

/** The greatest depth at which a cut leaves at most `ENDS_MAX` ends. */
function drawnDepth(tree: Tree): number {
  const depthOf = new Int32Array(nodeCount(tree));
  /** Nodes at each depth, and those among them that go on. */
  const nodesAt: number[] = [];
  const splitsAt: number[] = [];
  for (let node = 0; node < depthOf.length; node++) {
    const depth = depthOf[node]!;
    nodesAt[depth] = (nodesAt[depth] ?? 0) + 1;
    if (isLeaf(tree, node)) continue;
    splitsAt[depth] = (splitsAt[depth] ?? 0) + 1;
    depthOf[tree.left[node]!] = depth + 1;
    depthOf[tree.right[node]!] = depth + 1;
  }
  let leavesAbove = 0;
  let depth = 0;
  while (depth + 1 < nodesAt.length) {
    leavesAbove += nodesAt[depth]! - (splitsAt[depth] ?? 0);
    if (leavesAbove + nodesAt[depth + 1]! > ENDS_MAX) break;
    depth++;
  }
  return depth;
}

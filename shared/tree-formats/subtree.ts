import { isLeaf, type Tree } from '../tree/tree';

/** Leaves below a node; 1 for a leaf. */
export function leavesBelow(tree: Tree, node: number): number {
  let leaves = 0;
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isLeaf(tree, next)) leaves++;
    else pending.push(tree.left[next]!, tree.right[next]!);
  }
  return leaves;
}

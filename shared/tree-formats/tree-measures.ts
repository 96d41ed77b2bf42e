import { AlderError } from '../errors';
import { depth, isLeaf, type Tree } from '../tree/tree';

/** Fitted rows of each class at a node, shape [classes]; a read-only view. */
export function countsAt(tree: Tree, node: number): Uint32Array {
  const classes = tree.classNames.length;
  return tree.classCounts.subarray(node * classes, (node + 1) * classes);
}

/** Fitted rows at a node. */
export function rowsAt(tree: Tree, node: number): number {
  return countsAt(tree, node).reduce((rows, count) => rows + count, 0);
}

/** The number of a node's fitted rows in words: `1 row`, `50 rows`. */
export function rowsText(tree: Tree, node: number): string {
  const rows = rowsAt(tree, node);
  return rows === 1 ? '1 row' : `${rows} rows`;
}

/**
 * Share of each class at a node, shape [classes], in [0, 1]. Equal counts give equal shares, and a larger count gives a
 * larger share: counts are below 2^32, and the quotients of two such counts differ as doubles.
 */
export function sharesAt(tree: Tree, node: number): number[] {
  const rows = rowsAt(tree, node);
  return Array.from(countsAt(tree, node), (count) => count / rows);
}

/** `[class index, rows]` of each class with rows at a node. */
export function classesAt(tree: Tree, node: number): [k: number, rows: number][] {
  return [...countsAt(tree, node).entries()].filter(([, rows]) => rows > 0);
}

/** The number of leaves below a node; 1 for a leaf. */
export function leavesBelow(tree: Tree, node: number): number {
  let leaves = 0;
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isLeaf(tree, next)) leaves++;
    else pending.push(tree.left[next]!, tree.right[next]!);
  }
  return leaves;
}

/** The deepest tree that the setting maxDepth allows. */
export const NESTED_DEPTH_MAX = 1_024;

/** Throws `export-format` for a tree whose nested form would overflow the stack of the program that reads it. */
export function refuseTooDeep(tree: Tree, format: string): void {
  const edges = depth(tree);
  if (edges <= NESTED_DEPTH_MAX) return;
  throw new AlderError(
    'export-format',
    `the tree is ${edges} levels deep, ${format} nests nodes and takes ${NESTED_DEPTH_MAX}`,
    { hint: 'take the format json, dot or onnx, which do not nest' },
  );
}

import type { Tree } from '../tree/tree';

/** Fitted rows of each class at a node, shape [classes]; a view, not to be written. */
export function countsAt(tree: Tree, node: number): Uint32Array {
  const classes = tree.classNames.length;
  return tree.classCounts.subarray(node * classes, (node + 1) * classes);
}

/** Fitted rows at a node. */
export function rowsAt(tree: Tree, node: number): number {
  return countsAt(tree, node).reduce((rows, count) => rows + count, 0);
}

/** `1 row`, `50 rows`: how many a node has, in words. */
export function rowsText(tree: Tree, node: number): string {
  const rows = rowsAt(tree, node);
  return rows === 1 ? '1 row' : `${rows} rows`;
}

/**
 * Share of each class at a node, shape [classes], in [0, 1]. Equal counts give equal shares and a larger count a larger
 * one, since counts are below 2^32 and a double tells quotients apart that differ by one in that.
 */
export function sharesAt(tree: Tree, node: number): number[] {
  const rows = rowsAt(tree, node);
  return Array.from(countsAt(tree, node), (count) => count / rows);
}

/** `[class index, rows]` of each class that has rows at a node. */
export function classesAt(tree: Tree, node: number): [k: number, rows: number][] {
  return [...countsAt(tree, node).entries()].filter(([, rows]) => rows > 0);
}

import type { Tree } from '../../../shared/tree/tree';
import { leavesBelow } from './read-tree';

/** More leaves than this cannot be read at once, so a larger tree starts with its lower part closed. */
export const LEAVES_DRAWN_FIRST_MAX = 12;

/**
 * The inner nodes that are open at first: as many whole levels as draw at most `LEAVES_DRAWN_FIRST_MAX` leaves and
 * closed nodes. The root is always open.
 */
export function openedAtFirst(tree: Tree): ReadonlySet<number> {
  const opened = new Set<number>();
  if (tree.feature[0]! < 0) return opened;
  let level = [0];
  let ends = 1;
  while (level.length > 0) {
    const inner = level.filter((node) => tree.feature[node]! >= 0);
    // An open node replaces one drawn end by two.
    ends += inner.length;
    if (ends > LEAVES_DRAWN_FIRST_MAX && opened.size > 0) break;
    for (const node of inner) opened.add(node);
    level = inner.flatMap((node) => [tree.left[node]!, tree.right[node]!]);
  }
  return opened;
}

/**
 * Opens or closes a node. Opening also opens everything below it when that is at most `LEAVES_DRAWN_FIRST_MAX` leaves;
 * closing changes only the node itself.
 */
export function toggled(tree: Tree, opened: ReadonlySet<number>, node: number): ReadonlySet<number> {
  const next = new Set(opened);
  if (next.delete(node)) return next;
  const isSmall = leavesBelow(tree)[node]! <= LEAVES_DRAWN_FIRST_MAX;
  const pending = [node];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (tree.feature[at]! < 0) continue;
    next.add(at);
    if (isSmall) pending.push(tree.left[at]!, tree.right[at]!);
  }
  return next;
}

/**
 * The open nodes of a tree that replaces another: nodes at the same places stay open, and small new subtrees open. A
 * person who opened a part of the champion's tree keeps it open when a new champion replaces it.
 */
export function carriedOver(before: Tree, opened: ReadonlySet<number>, after: Tree): ReadonlySet<number> {
  const leaves = leavesBelow(after);
  let next: ReadonlySet<number> = new Set<number>();
  const pending: [number, number][] = [[0, 0]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [b, a] = pair;
    if (after.feature[a]! < 0) continue;
    if (before.feature[b]! < 0) {
      if (leaves[a]! <= LEAVES_DRAWN_FIRST_MAX) next = toggled(after, next, a);
    } else if (opened.has(b)) {
      next = new Set([...next, a]);
      pending.push([before.left[b]!, after.left[a]!], [before.right[b]!, after.right[a]!]);
    }
  }
  return next;
}

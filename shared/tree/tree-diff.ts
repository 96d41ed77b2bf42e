import { isLeaf, majorityClass, type Tree } from './tree';

/**
 * How a node changed. `threshold`: the same feature with another threshold; the comparison continues below the node.
 * `feature`: another feature; the comparison stops there. `grown`: a leaf became a split. `pruned`: a split became a
 * leaf. `class`: a leaf predicts another class.
 */
export type ChangeKind = 'threshold' | 'feature' | 'grown' | 'pruned' | 'class';

/** A change between node `before` and node `after`, which the same path from the root reaches in each tree. */
export interface NodeChange {
  readonly kind: ChangeKind;
  readonly before: number;
  readonly after: number;
}

/**
 * The changes from one tree to another of the same features and classes, top down, left before right. Two splits at the
 * same path with the same feature and threshold are equal, whatever their class counts are.
 */
export function treeDiff(before: Tree, after: Tree): NodeChange[] {
  const changes: NodeChange[] = [];
  const pending: [number, number][] = [[0, 0]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [b, a] = pair;
    const kind = changeAt(before, b, after, a);
    if (kind !== null) changes.push({ kind, before: b, after: a });
    const isComparedBelow = kind === 'threshold' || (kind === null && !isLeaf(before, b));
    if (!isComparedBelow) continue;
    pending.push([before.right[b]!, after.right[a]!]);
    pending.push([before.left[b]!, after.left[a]!]);
  }
  return changes;
}

function changeAt(before: Tree, b: number, after: Tree, a: number): ChangeKind | null {
  if (isLeaf(before, b))
    return isLeaf(after, a) ? (isSameClass(before, b, after, a) ? null : 'class') : 'grown';
  if (isLeaf(after, a)) return 'pruned';
  if (before.feature[b] !== after.feature[a]) return 'feature';
  return before.threshold[b] === after.threshold[a] ? null : 'threshold';
}

function isSameClass(before: Tree, b: number, after: Tree, a: number): boolean {
  return majorityClass(before, b) === majorityClass(after, a);
}

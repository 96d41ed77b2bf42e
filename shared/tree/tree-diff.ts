import { isLeaf, majorityClass, type Tree } from './tree';

/**
 * How a place in the tree changed. `threshold`: the same feature, cut elsewhere; what is below is compared on.
 * `feature`: another feature, so what is below has nothing in common. `grown`: a leaf became a split. `pruned`: a split
 * became a leaf. `class`: a leaf says another class.
 */
export type ChangeKind = 'threshold' | 'feature' | 'grown' | 'pruned' | 'class';

/** The same place in both trees: the same sides were taken from the root. */
export interface NodeChange {
  readonly kind: ChangeKind;
  readonly before: number;
  readonly after: number;
}

/**
 * What changed from one tree to another of the same features and classes, top down, left before right. Splits of the
 * same feature and threshold at the same place are the same split, whatever their rows.
 */
export function treeDiff(before: Tree, after: Tree): NodeChange[] {
  const changes: NodeChange[] = [];
  const pending: [number, number][] = [[0, 0]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [b, a] = pair;
    const kind = changeAt(before, b, after, a);
    if (kind !== null) changes.push({ kind, before: b, after: a });
    const goesOn = kind === 'threshold' || (kind === null && !isLeaf(before, b));
    if (!goesOn) continue;
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

import { isLeaf, majorityClass, type Tree } from '../shared/tree/tree';
import type { ChangeKind, NodeChange } from '../shared/tree/tree-diff';
import { type Paint, plain } from './paint';

/** A change in words that stand for themselves. */
export interface DescribedChange {
  readonly kind: ChangeKind;
  /** The conditions that lead there in the later tree, from the root on. */
  readonly path: readonly string[];
  readonly before: string;
  readonly after: string;
}

export function describedChange(before: Tree, after: Tree, change: NodeChange): DescribedChange {
  return {
    kind: change.kind,
    path: pathTo(after, change.after),
    before: nodeText(before, change.before),
    after: nodeText(after, change.after),
  };
}

/** `  petal_width <= 0.8 > …: petal_length <= 4.95 → petal_length <= 4.75` */
export function describeChange(before: Tree, after: Tree, change: NodeChange, paint: Paint = plain): string {
  const described = describedChange(before, after, change);
  const where = described.path.length === 0 ? 'at the root' : described.path.join(', ');
  return `  ${where}: ${paint('bad', described.before)} → ${paint('good', described.after)}`;
}

function nodeText(tree: Tree, node: number): string {
  if (isLeaf(tree, node)) return tree.classNames[majorityClass(tree, node)]!;
  return `${tree.featureNames[tree.feature[node]!]} <= ${tree.threshold[node]}`;
}

/** A child's index is greater than its parent's, so the way up is one pass down the arrays. */
function pathTo(tree: Tree, node: number): string[] {
  const path: string[] = [];
  let below = node;
  for (let above = node - 1; above >= 0; above--) {
    if (tree.left[above] !== below && tree.right[above] !== below) continue;
    const sign = tree.left[above] === below ? '<=' : '>';
    path.unshift(`${tree.featureNames[tree.feature[above]!]} ${sign} ${tree.threshold[above]}`);
    below = above;
  }
  return path;
}

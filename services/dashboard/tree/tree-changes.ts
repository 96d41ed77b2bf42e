import type { Tree } from '../../../shared/tree/tree';
import { type ChangeKind, type NodeChange, treeDiff } from '../../../shared/tree/tree-diff';
import { counted } from '../ui/format';
import { classAt, questionAt, shortNumber } from './node-words';
import { parentsOf } from './read-tree';

/** What changed at the nodes of a tree, against another version's. */
export interface TreeChanges {
  /** By node of the newer tree: what stood at its place before. */
  readonly marks: ReadonlyMap<number, NodeMark>;
  /** Changed nodes below each node, itself not counted; shape [nodes]. */
  readonly below: Uint32Array;
  /** One sentence; what it says is also true for somebody who sees no mark. */
  readonly words: string;
}

export interface NodeMark {
  readonly kind: ChangeKind;
  /** `was ≤ 2.45`, `was a leaf`. */
  readonly before: string;
}

/** Null when the two do not have the same features and classes: then no place of one is a place of the other. */
export function changesBetween(before: Tree, after: Tree): TreeChanges | null {
  if (!isSame(before.featureNames, after.featureNames) || !isSame(before.classNames, after.classNames))
    return null;
  const changes = treeDiff(before, after);
  const marks = new Map(
    changes.map((change) => [change.after, { kind: change.kind, before: wordsOf(before, change) }]),
  );
  const parents = parentsOf(after);
  const below = new Uint32Array(parents.length);
  // Children have greater numbers, so each node's sum is complete before it is added to its parent's.
  for (let node = parents.length - 1; node > 0; node--)
    below[parents[node]!]! += below[node]! + (marks.has(node) ? 1 : 0);
  return { marks, below, words: summary(changes) };
}

function wordsOf(before: Tree, { kind, before: node }: NodeChange): string {
  switch (kind) {
    case 'threshold':
      return `was ≤ ${shortNumber(before.threshold[node]!)}`;
    case 'feature':
    case 'pruned':
      return `was ${questionAt(before, node)}`;
    case 'grown':
      return `was leaf ${classAt(before, node)}`;
    case 'class':
      return `was ${classAt(before, node)}`;
  }
}

const TOLD: readonly [ChangeKind, one: string, many: string][] = [
  ['threshold', 'threshold moved', 'thresholds moved'],
  ['feature', 'split asks another feature', 'splits ask another feature'],
  ['grown', 'leaf became a split', 'leaves became splits'],
  ['pruned', 'split became a leaf', 'splits became leaves'],
  ['class', 'leaf says another class', 'leaves say another class'],
];

function summary(changes: readonly NodeChange[]): string {
  const parts = TOLD.flatMap(([kind, one, many]) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [counted(count, one, many)];
  });
  return parts.length === 0 ? 'every split and every leaf is the same' : parts.join(', ');
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, k) => name === b[k]);
}

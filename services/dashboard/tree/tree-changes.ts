import type { Tree } from '../../../shared/tree/tree';
import { type ChangeKind, type NodeChange, treeDiff } from '../../../shared/tree/tree-diff';
import { counted } from '../ui/format';
import { classAt, shortNumber, splitAt } from './node-words';
import { parentsOf } from './read-tree';

/** The differences between the trees of two versions, by node of the newer one. */
export interface TreeChanges {
  /** Node of the newer tree → its change. */
  readonly marks: ReadonlyMap<number, NodeMark>;
  /** Number of changed descendants of each node; shape [nodes]. */
  readonly below: Uint32Array;
  /** All changes in one phrase, for readers who do not see the marks. */
  readonly words: string;
}

export interface NodeMark {
  readonly kind: ChangeKind;
  /** `was ≤ 2.45`, `was a leaf`. */
  readonly before: string;
}

/** Null when the features or classes differ, since then no node of one tree corresponds to a node of the other. */
export function changesBetween(before: Tree, after: Tree): TreeChanges | null {
  if (!isSame(before.featureNames, after.featureNames) || !isSame(before.classNames, after.classNames))
    return null;
  const changes = treeDiff(before, after);
  const marks = new Map(
    changes.map((change) => [change.after, { kind: change.kind, before: nodeBefore(before, change) }]),
  );
  const parents = parentsOf(after);
  const below = new Uint32Array(parents.length);
  // Children have greater numbers than their parent, so each sum is complete before it is added to the parent's.
  for (let node = parents.length - 1; node > 0; node--)
    below[parents[node]!]! += below[node]! + (marks.has(node) ? 1 : 0);
  return { marks, below, words: summary(changes) };
}

function nodeBefore(before: Tree, { kind, before: node }: NodeChange): string {
  switch (kind) {
    case 'threshold':
      return `was ≤ ${shortNumber(before.threshold[node]!)}`;
    case 'feature':
    case 'pruned':
      return `was ${splitAt(before, node)}`;
    case 'grown':
      return `was leaf ${classAt(before, node)}`;
    case 'class':
      return `was ${classAt(before, node)}`;
  }
}

const CHANGE_WORDS: readonly [ChangeKind, one: string, many: string][] = [
  ['threshold', 'threshold moved', 'thresholds moved'],
  ['feature', 'split uses another feature', 'splits use another feature'],
  ['grown', 'leaf became a split', 'leaves became splits'],
  ['pruned', 'split became a leaf', 'splits became leaves'],
  ['class', 'leaf predicts another class', 'leaves predict another class'],
];

function summary(changes: readonly NodeChange[]): string {
  const parts = CHANGE_WORDS.flatMap(([kind, one, many]) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [counted(count, one, many)];
  });
  return parts.length === 0 ? 'no split and no leaf changed' : parts.join(', ');
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, k) => name === b[k]);
}

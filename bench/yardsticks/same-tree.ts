import type { TrainingSet } from '../../shared/engine/training-set';
import { isLeaf, majorityClass, type Tree } from '../../shared/tree/tree';

/** A peer's tree in the same array form; −1 for the children of a leaf. */
export interface PeerTree {
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
}

interface Likeness {
  /** Inner nodes with the same split in both trees. */
  readonly same: number;
  /** Nodes where the two splits differ but are equally good; their subtrees are not compared. */
  readonly tied: number;
  /** Nodes where Alder's split is purer or the peer has none. */
  readonly better: number;
  /** Nodes where the peer's split is purer or Alder has none. */
  readonly worse: number;
}

/** Relative tolerance of two purities; sums that are closer differ only by rounding. */
const ROUNDING = 1e-12;

/** Compares two trees of the same rows node by node. */
export function likenessOf(ours: Tree, theirs: PeerTree, rows: TrainingSet): Likeness {
  const counts = { same: 0, tied: 0, better: 0, worse: 0 };
  const all = Int32Array.from({ length: rows.rowCount }, (_, row) => row);
  const open: { own: number; other: number; members: Int32Array }[] = [{ own: 0, other: 0, members: all }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { own, other, members } = next;
    const isOtherLeaf = theirs.left[other]! < 0;
    if (isLeaf(ours, own) && isOtherLeaf) continue;
    if (isLeaf(ours, own) || isOtherLeaf) {
      if (isOtherLeaf) counts.better++;
      else counts.worse++;
      continue;
    }
    const [left, right] = divided(rows, members, ours.feature[own]!, ours.threshold[own]!);
    const [theirLeft, theirRight] = divided(rows, members, theirs.feature[other]!, theirs.threshold[other]!);
    if (ours.feature[own] === theirs.feature[other] && left.length === theirLeft.length) {
      counts.same++;
      open.push({ own: ours.right[own]!, other: theirs.right[other]!, members: right });
      open.push({ own: ours.left[own]!, other: theirs.left[other]!, members: left });
      continue;
    }
    const score = purity(rows, left) + purity(rows, right);
    const theirScore = purity(rows, theirLeft) + purity(rows, theirRight);
    if (Math.abs(score - theirScore) <= ROUNDING * score) counts.tied++;
    else if (score > theirScore) counts.better++;
    else counts.worse++;
  }
  return counts;
}

/** The number of rows that a tree predicts correctly. */
export function hitsOf(tree: Tree, rows: TrainingSet): number {
  const classOf = Uint32Array.from(tree.feature, (_, node) => majorityClass(tree, node));
  let hits = 0;
  for (let row = 0; row < rows.rowCount; row++) {
    let node = 0;
    while (!isLeaf(tree, node)) {
      const goesLeft = rows.columns[tree.feature[node]!]![row]! <= tree.threshold[node]!;
      node = goesLeft ? tree.left[node]! : tree.right[node]!;
    }
    if (classOf[node] === rows.classes[row]) hits++;
  }
  return hits;
}

function divided(
  rows: TrainingSet,
  members: Int32Array,
  feature: number,
  threshold: number,
): [left: Int32Array, right: Int32Array] {
  const column = rows.columns[feature]!;
  return [
    members.filter((row) => column[row]! <= threshold),
    members.filter((row) => column[row]! > threshold),
  ];
}

/** Sum of squared class counts divided by rows; the split with the largest sum over both sides has the lowest Gini impurity. */
function purity(rows: TrainingSet, members: Int32Array): number {
  const counts = new Float64Array(rows.classNames.length);
  for (const row of members) counts[rows.classes[row]!]!++;
  return counts.reduce((sum, count) => sum + count * count, 0) / Math.max(1, members.length);
}

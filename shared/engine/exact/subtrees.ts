import type { Tree } from '../../tree/tree';
import { TreeBuilder } from '../../tree/tree-builder';
import type { FitLimits, TrainingSet } from '../training-set';
import { CodedFit, type Subtree } from './coded-fit';
import type { CodedColumn } from './column-codes';
import type { ScratchArena } from './scratch-arena';
import type { FitTuning } from './tuning';

/** A tree down to nodes of `subtreeRowsMax` rows, and the subtrees that belong below it. */
interface TreeTop {
  readonly tree: Tree;
  readonly subtrees: readonly Subtree[];
}

/** Fits the top of a tree. The row ids of the subtrees stay in the arena. */
export function fitTop(
  rows: TrainingSet,
  columns: readonly CodedColumn[],
  limits: FitLimits,
  tuning: FitTuning,
  subtreeRowsMax: number,
  arena: ScratchArena,
): TreeTop {
  const builder = new TreeBuilder(rows.featureNames, rows.classNames);
  const counts = new Float64Array(rows.classNames.length);
  for (let row = 0; row < rows.rowCount; row++) counts[rows.classes[row]!]!++;
  const subtrees: Subtree[] = [];
  new CodedFit(rows, columns, limits, builder, tuning, arena).fit(counts, subtreeRowsMax, subtrees);
  return { tree: builder.finish(), subtrees };
}

/** Fits one subtree as a tree of its own, whose root is the node that it replaces. Releases all that it takes of the arena. */
export function fitSubtree(
  rows: TrainingSet,
  columns: readonly CodedColumn[],
  limits: FitLimits,
  tuning: FitTuning,
  subtree: Subtree,
  arena: ScratchArena,
): Tree {
  const builder = new TreeBuilder(rows.featureNames, rows.classNames);
  new CodedFit(rows, columns, limits, builder, tuning, arena).fitRows(subtree);
  return builder.finish();
}

/** Subtrees that several threads fit, each thread the next one that no thread has begun. */
export interface SharedSubtrees {
  readonly rows: TrainingSet;
  readonly columns: readonly CodedColumn[];
  readonly limits: FitLimits;
  readonly tuning: FitTuning;
  readonly subtrees: readonly Subtree[];
  /** How many subtrees were begun: one number in shared memory. */
  readonly begun: Int32Array;
}

/** A fitted subtree and the leaf of the tree top that it replaces. */
interface Graft {
  readonly node: number;
  readonly tree: Tree;
}

/**
 * Fits subtrees until none is left. The time of a subtree cannot be predicted from its rows, since one of nearly a single
 * class is done at once. So the subtrees are not divided among the threads beforehand.
 */
export function fitSharedSubtrees(shared: SharedSubtrees, arena: ScratchArena): Graft[] {
  const { rows, columns, limits, tuning, subtrees, begun } = shared;
  const grafts: Graft[] = [];
  for (;;) {
    const subtree = subtrees[Atomics.add(begun, 0, 1)];
    if (subtree === undefined) return grafts;
    grafts.push({ node: subtree.node, tree: fitSubtree(rows, columns, limits, tuning, subtree, arena) });
  }
}

/** Replaces leaves by fitted subtrees. The result is the tree, in preorder, that one thread would have made. */
export function graft(top: Tree, subtrees: readonly Graft[]): Tree {
  const grafts = new Map(subtrees.map(({ node, tree }) => [node, tree]));
  const classes = top.classNames.length;
  const size = (node: number) => grafts.get(node)?.feature.length ?? 1;
  const newIndexOf = new Int32Array(top.feature.length);
  let nodes = 0;
  for (let node = 0; node < newIndexOf.length; node++) {
    newIndexOf[node] = nodes;
    nodes += size(node);
  }
  const grown = {
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    classCounts: new Uint32Array(nodes * classes),
  };
  for (let node = 0; node < newIndexOf.length; node++) {
    const at = newIndexOf[node]!;
    const graftHere = grafts.get(node);
    if (graftHere !== undefined) {
      copySubtree(graftHere, grown, at, classes);
      continue;
    }
    grown.feature[at] = top.feature[node]!;
    grown.threshold[at] = top.threshold[node]!;
    grown.left[at] = top.left[node]! < 0 ? -1 : newIndexOf[top.left[node]!]!;
    grown.right[at] = top.right[node]! < 0 ? -1 : newIndexOf[top.right[node]!]!;
    for (let k = 0; k < classes; k++)
      grown.classCounts[at * classes + k] = top.classCounts[node * classes + k]!;
  }
  return { featureNames: top.featureNames, classNames: top.classNames, ...grown };
}

function copySubtree(
  from: Tree,
  into: Pick<Tree, 'feature' | 'threshold' | 'left' | 'right' | 'classCounts'>,
  at: number,
  classes: number,
): void {
  into.feature.set(from.feature, at);
  into.threshold.set(from.threshold, at);
  into.classCounts.set(from.classCounts, at * classes);
  for (let node = 0; node < from.feature.length; node++) {
    into.left[at + node] = from.left[node]! < 0 ? -1 : from.left[node]! + at;
    into.right[at + node] = from.right[node]! < 0 ? -1 : from.right[node]! + at;
  }
}

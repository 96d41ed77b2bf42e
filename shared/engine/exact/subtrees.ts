import type { Tree } from '../../tree/tree';
import { TreeBuilder } from '../../tree/tree-builder';
import type { FitLimits, TrainingSet } from '../training-set';
import { CodedFit } from './coded-fit';
import type { CodedColumn } from './column-codes';
import type { FitRoom } from './fit-room';
import type { FitTuning } from './tuning';

/** A part of a tree that is still to be fitted; what comes of it depends on nothing but its rows. */
export interface Subtree {
  /** The leaf of the top tree that it replaces. */
  readonly node: number;
  /** Its rows, by their numbers in the training set; shape [rows]. */
  readonly numbers: Uint32Array;
  readonly depth: number;
  /** Its rows of each class, shape [classes]. */
  readonly counts: Float64Array;
}

/** A tree down to nodes of `subtreeRowsMax` rows, and the subtrees that belong below. */
export interface TreeTop {
  readonly tree: Tree;
  readonly subtrees: readonly Subtree[];
}

/** The rows of the subtrees stay in the room. */
export function fitTop(
  rows: TrainingSet,
  columns: readonly CodedColumn[],
  limits: FitLimits,
  tuning: FitTuning,
  subtreeRowsMax: number,
  room: FitRoom,
): TreeTop {
  const builder = new TreeBuilder(rows.featureNames, rows.classNames);
  const counts = new Float64Array(rows.classNames.length);
  for (let row = 0; row < rows.rowCount; row++) counts[rows.classes[row]!]!++;
  const subtrees: Subtree[] = [];
  new CodedFit(rows, columns, limits, builder, tuning, room).fit(counts, subtreeRowsMax, subtrees);
  return { tree: builder.finish(), subtrees };
}

/** Fits one subtree as a tree of its own, whose root is the node that it replaces. Leaves the room as it was. */
export function fitSubtree(
  rows: TrainingSet,
  columns: readonly CodedColumn[],
  limits: FitLimits,
  tuning: FitTuning,
  subtree: Subtree,
  room: FitRoom,
): Tree {
  const builder = new TreeBuilder(rows.featureNames, rows.classNames);
  new CodedFit(rows, columns, limits, builder, tuning, room).fitRows(subtree);
  return builder.finish();
}

/** Puts fitted subtrees in their places: the tree, in preorder, that one thread would have made. */
export function graft(top: Tree, subtrees: readonly { readonly node: number; readonly tree: Tree }[]): Tree {
  const grafts = new Map(subtrees.map(({ node, tree }) => [node, tree]));
  const classes = top.classNames.length;
  const size = (node: number) => grafts.get(node)?.feature.length ?? 1;
  const placeOf = new Int32Array(top.feature.length);
  let nodes = 0;
  for (let node = 0; node < placeOf.length; node++) {
    placeOf[node] = nodes;
    nodes += size(node);
  }
  const grown = {
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    classCounts: new Uint32Array(nodes * classes),
  };
  for (let node = 0; node < placeOf.length; node++) {
    const place = placeOf[node]!;
    const graftHere = grafts.get(node);
    if (graftHere !== undefined) {
      copySubtree(graftHere, grown, place, classes);
      continue;
    }
    grown.feature[place] = top.feature[node]!;
    grown.threshold[place] = top.threshold[node]!;
    grown.left[place] = top.left[node]! < 0 ? -1 : placeOf[top.left[node]!]!;
    grown.right[place] = top.right[node]! < 0 ? -1 : placeOf[top.right[node]!]!;
    for (let k = 0; k < classes; k++)
      grown.classCounts[place * classes + k] = top.classCounts[node * classes + k]!;
  }
  return { featureNames: top.featureNames, classNames: top.classNames, ...grown };
}

function copySubtree(
  from: Tree,
  into: Pick<Tree, 'feature' | 'threshold' | 'left' | 'right' | 'classCounts'>,
  place: number,
  classes: number,
): void {
  into.feature.set(from.feature, place);
  into.threshold.set(from.threshold, place);
  into.classCounts.set(from.classCounts, place * classes);
  for (let node = 0; node < from.feature.length; node++) {
    into.left[place + node] = from.left[node]! < 0 ? -1 : from.left[node]! + place;
    into.right[place + node] = from.right[node]! < 0 ? -1 : from.right[node]! + place;
  }
}

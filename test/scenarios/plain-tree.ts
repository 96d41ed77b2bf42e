import type { Engine } from '../../shared/engine/engine';
import type { Schema } from '../../shared/row/schema';
import type { Settings } from '../../shared/settings/settings';
import type { Tree } from '../../shared/tree/tree';
import type { PlainRow } from './plain-log';

/** The engine's tree of the rows, in the given order. */
export function fitPlainly(
  engine: Engine,
  rows: readonly PlainRow[],
  schema: Schema,
  { maxDepth, minLeafRows }: Settings,
): Tree {
  const set = {
    rowCount: rows.length,
    columns: schema.features.map((_, f) => Float64Array.from(rows, (row) => row.features[f]!)),
    classes: Uint32Array.from(rows, (row) => row.classIndex),
    featureNames: schema.features.map(({ name }) => name),
    classNames: schema.label.classes,
  };
  return engine.fit(set, { maxDepth, minLeafRows });
}

/** The majority class of the leaf; the first one among equals. */
export function predictPlainly(tree: Tree, features: readonly number[], node = 0): number {
  if (tree.left[node]! < 0) {
    const classes = tree.classNames.length;
    const counts = [...tree.classCounts.slice(node * classes, (node + 1) * classes)];
    return counts.indexOf(Math.max(...counts));
  }
  const goesLeft = features[tree.feature[node]!]! <= tree.threshold[node]!;
  return predictPlainly(tree, features, goesLeft ? tree.left[node]! : tree.right[node]!);
}

export function leavesOf(tree: Tree, node: number): number {
  if (tree.left[node]! < 0) return 1;
  return leavesOf(tree, tree.left[node]!) + leavesOf(tree, tree.right[node]!);
}

export function depthOf(tree: Tree, node: number): number {
  if (tree.left[node]! < 0) return 0;
  return 1 + Math.max(depthOf(tree, tree.left[node]!), depthOf(tree, tree.right[node]!));
}

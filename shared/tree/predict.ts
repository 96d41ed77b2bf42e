import type { Tree } from './tree';

/** The leaf that a row ends in. `features[at + f]` is feature f. */
export function leafOf(tree: Tree, features: Float64Array, at: number): number {
  const { feature, threshold, left, right } = tree;
  let node = 0;
  let f = feature[0]!;
  while (f >= 0) {
    node = features[at + f]! <= threshold[node]! ? left[node]! : right[node]!;
    f = feature[node]!;
  }
  return node;
}

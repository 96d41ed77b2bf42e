/**
 * A decision tree as parallel arrays, one entry a node (the array form of scikit-learn's `Tree`).
 *
 * Invariants, which tree-check.ts checks in every decoded or imported tree: node 0 is the root; a child's index is
 * greater than its parent's, so every walk ends; every node except the root has exactly one parent; a leaf has
 * `feature` = `left` = `right` = −1 and `threshold` = 0; an inner node's class counts are the sum of its children's.
 */
export interface Tree {
  readonly featureNames: readonly string[];
  readonly classNames: readonly string[];
  /** Feature that the node splits on, −1 at a leaf; shape [nodes]. */
  readonly feature: Int32Array;
  /** `value <= threshold` goes left; shape [nodes]. */
  readonly threshold: Float64Array;
  /** Indices of the children, −1 at a leaf; shape [nodes]. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Fitted rows of each class at the node; shape [nodes, classes], row-major. */
  readonly classCounts: Uint32Array;
}

/** The leaf that a row reaches. The row's feature f is `features[at + f]`. */
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

export function nodeCount(tree: Tree): number {
  return tree.feature.length;
}

export function isLeaf(tree: Tree, node: number): boolean {
  return tree.feature[node]! < 0;
}

export function leafCount(tree: Tree): number {
  let leaves = 0;
  for (const feature of tree.feature) if (feature < 0) leaves++;
  return leaves;
}

/** Edges on the longest path from the root to a leaf; 0 for a tree of one leaf. */
export function depth(tree: Tree): number {
  const depthOf = new Int32Array(nodeCount(tree));
  let deepest = 0;
  for (let node = 0; node < depthOf.length; node++) {
    if (isLeaf(tree, node)) continue;
    const below = depthOf[node]! + 1;
    depthOf[tree.left[node]!] = below;
    depthOf[tree.right[node]!] = below;
    if (below > deepest) deepest = below;
  }
  return deepest;
}

/** The class with the most rows at a node; a tie goes to the lower class index. */
export function majorityClass(tree: Tree, node: number): number {
  const classes = tree.classNames.length;
  const from = node * classes;
  let best = 0;
  for (let k = 1; k < classes; k++) {
    if (tree.classCounts[from + k]! > tree.classCounts[from + best]!) best = k;
  }
  return best;
}

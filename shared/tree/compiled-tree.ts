import { majorityClass, nodeCount, type Tree } from './tree';

/** The result for a row: the index of the class that its leaf predicts, or the index of the leaf itself. */
export type Outcome = 'class' | 'leaf';

/**
 * A tree laid out to predict many rows at once without branches (predict-rows.ts). An end is a node that leads to
 * itself, so a row that has reached its end may take further steps with the other rows of its group.
 *
 * Nodes are in level order and siblings are adjacent. The right child is the left child plus 1, so a step is one
 * addition; and the nodes near the root, which every row visits, share a few cache lines.
 */
export interface CompiledTree {
  readonly tree: Tree;
  /** `value > threshold` goes right; +∞ at an end, so no value goes right there. Shape [nodes]. */
  readonly threshold: Float64Array;
  /** The left child (at an end: the node itself) shifted left by FEATURE_BITS, plus the feature; shape [nodes]. */
  readonly step: Int32Array;
  /** The result of a row that ends at the node, 0 at inner nodes; shape [nodes]. */
  readonly outcome: Uint32Array;
}

/** One number holds feature and child, because a second load makes each step some 20 % slower. */
export const FEATURE_BITS = 10;
const FEATURES_MAX = 2 ** FEATURE_BITS;
/** A tree of 16 MiB, the largest that is stored, has about a million nodes. */
const NODES_MAX = 2 ** (32 - FEATURE_BITS);

/** Whether `compileTree` can take a tree. A tree of more features is walked row by row, with `leafOf`. */
export function isCompilable(tree: Tree): boolean {
  return tree.featureNames.length <= FEATURES_MAX && nodeCount(tree) <= NODES_MAX;
}

/**
 * Compiles a tree for which `isCompilable` holds. When classes are wanted, a subtree whose leaves all predict one class
 * becomes an end: a tree of depth 8 on rows like Iris keeps 139 of 257 nodes.
 */
export function compileTree(tree: Tree, wanted: Outcome): CompiledTree {
  const classOf = wanted === 'class' ? classesBelow(tree) : null;
  const nodes = nodeCount(tree);
  const threshold = new Float64Array(nodes);
  const step = new Int32Array(nodes);
  const outcome = new Uint32Array(nodes);
  /** The index in `tree` of each node laid out so far. */
  const source = new Int32Array(nodes);
  let size = 1;
  for (let node = 0; node < size; node++) {
    const from = source[node]!;
    const feature = tree.feature[from]!;
    if (feature < 0 || (classOf !== null && classOf[from] !== MIXED)) {
      threshold[node] = Number.POSITIVE_INFINITY;
      step[node] = node << FEATURE_BITS;
      outcome[node] = classOf === null ? from : classOf[from]!;
    } else {
      threshold[node] = tree.threshold[from]!;
      step[node] = (size << FEATURE_BITS) | feature;
      source[size++] = tree.left[from]!;
      source[size++] = tree.right[from]!;
    }
  }
  return {
    tree,
    threshold: threshold.slice(0, size),
    step: step.slice(0, size),
    outcome: outcome.slice(0, size),
  };
}

const MIXED = -1;

/** By node: the class that all leaves at and below it predict, or MIXED; shape [nodes]. */
function classesBelow(tree: Tree): Int32Array {
  const { feature, left, right } = tree;
  const classOf = new Int32Array(nodeCount(tree));
  // Backwards, since a child's index is greater than its parent's.
  for (let node = classOf.length - 1; node >= 0; node--) {
    if (feature[node]! < 0) {
      classOf[node] = majorityClass(tree, node);
    } else {
      const ofLeft = classOf[left[node]!]!;
      classOf[node] = ofLeft === classOf[right[node]!]! ? ofLeft : MIXED;
    }
  }
  return classOf;
}

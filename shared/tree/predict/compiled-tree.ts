import { majorityClass, nodeCount, type Tree } from '../tree';

/** What a row is given: the index of the class that its leaf predicts, or the index of the leaf itself. */
export type Outcome = 'class' | 'leaf';

/**
 * A tree laid out for sending many rows through it at once (predict-rows.ts). It has no branches: an end is a node
 * that leads to itself, so a row which arrived early may take further steps in the company of others.
 *
 * Nodes stand level by level, and siblings side by side: the right child is the left one plus 1, so where a row goes
 * is one addition, and the nodes near the root, which every row visits, share a few cache lines.
 */
export interface CompiledTree {
  readonly tree: Tree;
  /** `value > threshold` goes right; +∞ at an end, which no value exceeds. Shape [nodes]. */
  readonly threshold: Float64Array;
  /** The left child (at an end: the node itself) shifted by FEATURE_BITS, and the feature below; shape [nodes]. */
  readonly step: Int32Array;
  /** What a row gets that ends here, 0 at inner nodes; shape [nodes]. */
  readonly outcome: Uint32Array;
}

/** One number says feature and child, because every further load costs each step some 20 %. */
export const FEATURE_BITS = 10;
const FEATURES_MAX = 2 ** FEATURE_BITS;
/** A tree of 16 MiB, the most that is stored, has about a million. */
const NODES_MAX = 2 ** (32 - FEATURE_BITS);

/** Whether a tree can be compiled; thousands of features make it wait for `leafOf`, row by row. */
export function isCompilable(tree: Tree): boolean {
  return tree.featureNames.length <= FEATURES_MAX && nodeCount(tree) <= NODES_MAX;
}

/**
 * Compiles a tree for which `isCompilable` holds. Where only classes are asked for, a subtree whose leaves all predict
 * one class becomes an end: of depth 8 on rows like Iris, 139 of 257 nodes are left.
 */
export function compileTree(tree: Tree, wanted: Outcome): CompiledTree {
  const classOf = wanted === 'class' ? classesBelow(tree) : null;
  const nodes = nodeCount(tree);
  const threshold = new Float64Array(nodes);
  const step = new Int32Array(nodes);
  const outcome = new Uint32Array(nodes);
  /** The tree's own index of each node laid out so far. */
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

/** The class that all leaves at and below a node predict, or MIXED; shape [nodes]. */
function classesBelow(tree: Tree): Int32Array {
  const { feature, left, right } = tree;
  const classOf = new Int32Array(nodeCount(tree));
  // From the back, since a child's index is greater than its parent's.
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

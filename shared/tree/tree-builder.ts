import type { Tree } from './tree';

const LEAF = -1;

/** The largest arrays, in nodes and in class counts, that stay for the next tree: some 200 kB. */
const SPARE_NODES_MAX = 4_096;
const SPARE_COUNTS_MAX = 16_384;

/** The parts of a tree, each with capacity for more nodes. */
interface GrowingTree {
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly classCounts: Uint32Array;
}

/**
 * The arrays that stay for the next tree of this thread. A TreeBuilder takes them when it begins and puts its own there when
 * it finishes; nothing else reads or writes them.
 */
const spare: { arrays: GrowingTree | null } = { arrays: null };

/**
 * Grows a tree node by node in preorder: every node begins as a leaf, `split` makes it an inner one. The arrays that it
 * grows in pass from one builder to the next, since making them takes a tenth of a small fit.
 */
export class TreeBuilder {
  private readonly featureNames: readonly string[];
  private readonly classNames: readonly string[];
  private nodes = 0;
  private growing: GrowingTree;

  constructor(featureNames: readonly string[], classNames: readonly string[]) {
    this.featureNames = featureNames;
    this.classNames = classNames;
    const classes = classNames.length;
    const { arrays } = spare;
    this.growing = arrays !== null && hasCapacity(arrays, 1, classes) ? arrays : newArrays(64, classes);
    // A builder that begins before this one finishes makes arrays of its own.
    spare.arrays = null;
  }

  /**
   * Adds a leaf below `parent` (−1 for the root) and gives its index, which is greater than its parent's. The first child
   * of a parent is its left one, the second its right one. `counts` are its rows of each class, shape [classes].
   */
  addLeaf(parent: number, counts: Float64Array): number {
    const classes = counts.length;
    if (!hasCapacity(this.growing, this.nodes + 1, classes)) this.grow();
    const { feature, threshold, left, right, classCounts } = this.growing;
    const node = this.nodes++;
    feature[node] = LEAF;
    threshold[node] = 0;
    left[node] = LEAF;
    right[node] = LEAF;
    for (let k = 0, at = node * classes; k < classes; k++, at++) classCounts[at] = counts[k]!;
    if (parent >= 0) {
      const side = left[parent] === LEAF ? left : right;
      side[parent] = node;
    }
    return node;
  }

  split(node: number, feature: number, threshold: number): void {
    this.growing.feature[node] = feature;
    this.growing.threshold[node] = threshold;
  }

  /** Ends the builder. */
  finish(): Tree {
    const { nodes, growing } = this;
    const counts = nodes * this.classNames.length;
    if (growing.feature.length <= SPARE_NODES_MAX && growing.classCounts.length <= SPARE_COUNTS_MAX)
      spare.arrays = growing;
    return {
      featureNames: this.featureNames,
      classNames: this.classNames,
      feature: growing.feature.slice(0, nodes),
      threshold: growing.threshold.slice(0, nodes),
      left: growing.left.slice(0, nodes),
      right: growing.right.slice(0, nodes),
      classCounts: growing.classCounts.slice(0, counts),
    };
  }

  private grow(): void {
    const { growing } = this;
    this.growing = newArrays(this.nodes * 2, this.classNames.length);
    this.growing.feature.set(growing.feature.subarray(0, this.nodes));
    this.growing.threshold.set(growing.threshold.subarray(0, this.nodes));
    this.growing.left.set(growing.left.subarray(0, this.nodes));
    this.growing.right.set(growing.right.subarray(0, this.nodes));
    this.growing.classCounts.set(growing.classCounts.subarray(0, this.nodes * this.classNames.length));
  }
}

function newArrays(nodes: number, classes: number): GrowingTree {
  return {
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    classCounts: new Uint32Array(nodes * classes),
  };
}

function hasCapacity({ feature, classCounts }: GrowingTree, nodes: number, classes: number): boolean {
  return nodes <= feature.length && nodes * classes <= classCounts.length;
}

import type { Tree } from './tree';

const LEAF = -1;

/** Grows a tree node by node in preorder: every node begins as a leaf, `split` makes it an inner one. */
export class TreeBuilder {
  private readonly featureNames: readonly string[];
  private readonly classNames: readonly string[];
  private nodes = 0;
  private feature = new Int32Array(16);
  private threshold = new Float64Array(16);
  private left = new Int32Array(16);
  private right = new Int32Array(16);
  private classCounts: Uint32Array;

  constructor(featureNames: readonly string[], classNames: readonly string[]) {
    this.featureNames = featureNames;
    this.classNames = classNames;
    this.classCounts = new Uint32Array(16 * classNames.length);
  }

  /**
   * Adds a leaf below `parent` (−1 for the root) and gives its index, which is greater than its parent's. The first child
   * of a parent is its left one, the second its right one. `counts` are its rows of each class, shape [classes].
   */
  addLeaf(parent: number, counts: Float64Array): number {
    if (this.nodes === this.feature.length) this.grow();
    const node = this.nodes++;
    this.feature[node] = LEAF;
    this.left[node] = LEAF;
    this.right[node] = LEAF;
    this.classCounts.set(counts, node * counts.length);
    if (parent >= 0) {
      const side = this.left[parent] === LEAF ? this.left : this.right;
      side[parent] = node;
    }
    return node;
  }

  split(node: number, feature: number, threshold: number): void {
    this.feature[node] = feature;
    this.threshold[node] = threshold;
  }

  finish(): Tree {
    const { nodes } = this;
    return {
      featureNames: this.featureNames,
      classNames: this.classNames,
      feature: this.feature.slice(0, nodes),
      threshold: this.threshold.slice(0, nodes),
      left: this.left.slice(0, nodes),
      right: this.right.slice(0, nodes),
      classCounts: this.classCounts.slice(0, nodes * this.classNames.length),
    };
  }

  private grow(): void {
    const capacity = this.nodes * 2;
    this.feature = widened(this.feature, new Int32Array(capacity));
    this.threshold = widened(this.threshold, new Float64Array(capacity));
    this.left = widened(this.left, new Int32Array(capacity));
    this.right = widened(this.right, new Int32Array(capacity));
    this.classCounts = widened(this.classCounts, new Uint32Array(capacity * this.classNames.length));
  }
}

function widened<T extends Int32Array | Uint32Array | Float64Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

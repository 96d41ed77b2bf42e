import type { Tree } from './tree';

const LEAF = -1;

/** Capacity, in nodes and in class counts, of the arrays that stay for the next tree: some 200 kB. */
const KEPT_NODES_MAX = 4_096;
const KEPT_COUNTS_MAX = 16_384;

/** The parts of a tree, each with room for more nodes. */
interface GrowingTree {
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly classCounts: Uint32Array;
}

let kept: GrowingTree | null = null;

/**
 * Grows a tree node by node in preorder: every node begins as a leaf, `split` makes it an inner one. The arrays that it
 * grows in pass from one builder to the next, since making them takes a tenth of a small fit.
 */
export class TreeBuilder {
  private readonly featureNames: readonly string[];
  private readonly classNames: readonly string[];
  private nodes = 0;
  private room: GrowingTree;

  constructor(featureNames: readonly string[], classNames: readonly string[]) {
    this.featureNames = featureNames;
    this.classNames = classNames;
    const classes = classNames.length;
    this.room = kept !== null && hasRoom(kept, 1, classes) ? kept : roomFor(64, classes);
    // A builder that begins before this one ends makes arrays of its own.
    kept = null;
  }

  /**
   * Adds a leaf below `parent` (−1 for the root) and gives its index, which is greater than its parent's. The first child
   * of a parent is its left one, the second its right one. `counts` are its rows of each class, shape [classes].
   */
  addLeaf(parent: number, counts: Float64Array): number {
    const classes = counts.length;
    if (!hasRoom(this.room, this.nodes + 1, classes)) this.grow();
    const { feature, threshold, left, right, classCounts } = this.room;
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
    this.room.feature[node] = feature;
    this.room.threshold[node] = threshold;
  }

  /** Ends the builder. */
  finish(): Tree {
    const { nodes, room } = this;
    const counts = nodes * this.classNames.length;
    if (room.feature.length <= KEPT_NODES_MAX && room.classCounts.length <= KEPT_COUNTS_MAX) kept = room;
    return {
      featureNames: this.featureNames,
      classNames: this.classNames,
      feature: room.feature.slice(0, nodes),
      threshold: room.threshold.slice(0, nodes),
      left: room.left.slice(0, nodes),
      right: room.right.slice(0, nodes),
      classCounts: room.classCounts.slice(0, counts),
    };
  }

  private grow(): void {
    const { room } = this;
    this.room = roomFor(this.nodes * 2, this.classNames.length);
    this.room.feature.set(room.feature.subarray(0, this.nodes));
    this.room.threshold.set(room.threshold.subarray(0, this.nodes));
    this.room.left.set(room.left.subarray(0, this.nodes));
    this.room.right.set(room.right.subarray(0, this.nodes));
    this.room.classCounts.set(room.classCounts.subarray(0, this.nodes * this.classNames.length));
  }
}

function roomFor(nodes: number, classes: number): GrowingTree {
  return {
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    classCounts: new Uint32Array(nodes * classes),
  };
}

function hasRoom({ feature, classCounts }: GrowingTree, nodes: number, classes: number): boolean {
  return nodes <= feature.length && nodes * classes <= classCounts.length;
}

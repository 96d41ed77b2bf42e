import type { Tree } from '../../tree/tree';
import { TreeBuilder } from '../../tree/tree-builder';
import { type FitLimits, isSplittable, type TrainingSet } from '../training-set';
import type { BinnedRows } from './binned-rows';
import { type Boundary, BoundarySearch } from './boundary-search';
import { ClassHistograms } from './class-histograms';
import { RowLists } from './row-lists';

export interface HistogramBounds {
  /** The most leaves of a tree; at least 1. */
  readonly leavesMax: number;
  /** Bytes for the histograms of leaves that wait for their split. It changes the speed of a fit and never the tree. */
  readonly histogramBytesMax: number;
}

/** A node of a tree that grows in any order; a leaf until it is given a split. */
interface GrownNode {
  /** Rows of each class, shape [classes]. */
  readonly counts: Float64Array;
  split: {
    readonly feature: number;
    readonly threshold: number;
    readonly left: GrownNode;
    readonly right: GrownNode;
  } | null;
}

/** A node whose rows are the range [from, to) of the list. */
interface NodeRows {
  readonly node: GrownNode;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/** A leaf that can be split, and its best boundary. */
interface OpenLeaf extends NodeRows {
  readonly boundary: Boundary;
  /** Null when it was given back to save memory. */
  readonly histogram: Uint32Array | null;
}

/** Grows a tree best first: the leaf whose split lowers impurity most is split next, until the tree has enough leaves. */
export class BestFirstFit {
  private readonly root: GrownNode;
  private readonly histograms: ClassHistograms;
  private readonly search: BoundarySearch;
  private readonly lists: RowLists;
  private readonly open = new OpenLeaves();

  constructor(
    private readonly rows: TrainingSet,
    binned: BinnedRows,
    private readonly limits: FitLimits,
    private readonly bounds: HistogramBounds,
  ) {
    const classes = rows.classNames.length;
    const counts = new Float64Array(classes);
    for (const k of rows.classes) counts[k]!++;
    this.root = grownLeaf(counts);
    this.histograms = new ClassHistograms(binned, classes, bounds.histogramBytesMax);
    this.search = new BoundarySearch(binned, limits.minLeafRows);
    this.lists = new RowLists(rows, binned, counts);
  }

  fit(): GrownNode {
    const root = { node: this.root, from: 0, to: this.rows.rowCount, depth: 0 };
    let splitsLeft = this.bounds.leavesMax - 1;
    if (this.mayBeSplit(root, splitsLeft)) this.openWith(root, this.count(root));
    for (; splitsLeft > 0; splitsLeft--) {
      const next = this.open.takeBest();
      if (next === null) break;
      this.split(next, splitsLeft - 1);
    }
    return this.root;
  }

  private split(leaf: OpenLeaf, splitsLeft: number): void {
    const { node, from, to, depth, boundary, histogram } = leaf;
    const { middle, threshold } = this.lists.divide(from, to, boundary);
    const left = grownLeaf(boundary.left);
    const right = grownLeaf(node.counts.map((count, k) => count - boundary.left[k]!));
    node.split = { feature: boundary.feature, threshold, left, right };
    this.openChildren(
      { node: left, from, to: middle, depth: depth + 1 },
      { node: right, from: middle, to, depth: depth + 1 },
      histogram,
      splitsLeft,
    );
  }

  /** Histogram subtraction: only the smaller child is counted, and the parent's histogram minus it is the larger child's. */
  private openChildren(
    left: NodeRows,
    right: NodeRows,
    ofParent: Uint32Array | null,
    splitsLeft: number,
  ): void {
    const [isLeftSplittable, isRightSplittable] = [left, right].map((child) =>
      this.mayBeSplit(child, splitsLeft),
    );
    const leftIsSmaller = left.to - left.from <= right.to - right.from;
    const [smaller, larger] = leftIsSmaller ? [left, right] : [right, left];
    const [isSmallerSplittable, isLargerSplittable] = leftIsSmaller
      ? [isLeftSplittable, isRightSplittable]
      : [isRightSplittable, isLeftSplittable];
    const isSubtracted = ofParent !== null && isLargerSplittable;
    const ofSmaller = isSmallerSplittable || isSubtracted ? this.count(smaller) : null;
    let ofLarger: Uint32Array | null = null;
    if (isSubtracted) ofLarger = this.histograms.subtract(ofParent, ofSmaller!);
    else {
      this.histograms.release(ofParent);
      if (isLargerSplittable) ofLarger = this.count(larger);
    }
    // The child that is opened first wins ties, so the order must not depend on the children's sizes.
    const [ofLeft, ofRight] = leftIsSmaller ? [ofSmaller, ofLarger] : [ofLarger, ofSmaller];
    if (isLeftSplittable) this.openWith(left, ofLeft!);
    else this.histograms.release(ofLeft);
    if (isRightSplittable) this.openWith(right, ofRight!);
    else this.histograms.release(ofRight);
  }

  /**
   * False for a node that is a leaf whatever its values are, and for a node that cannot be split before the tree has enough
   * leaves: even pure children would lower impurity less than as many open leaves as splits are left.
   */
  private mayBeSplit({ node: { counts }, depth }: NodeRows, splitsLeft: number): boolean {
    if (!isSplittable(counts, depth, this.limits)) return false;
    let rows = 0;
    let sq = 0;
    for (const count of counts) {
      rows += count;
      sq += count * count;
    }
    // Rounding is monotonic and `rows` is a double, so the computed drop is never above this bound.
    return this.open.countAtLeast(rows - sq / rows, splitsLeft) < splitsLeft;
  }

  private openWith(node: NodeRows, histogram: Uint32Array): void {
    const boundary = this.search.find(histogram, node.node.counts);
    if (boundary !== null && this.histograms.mayKeep) {
      this.open.add({ ...node, boundary, histogram });
      return;
    }
    this.histograms.release(histogram);
    if (boundary !== null) this.open.add({ ...node, boundary, histogram: null });
  }

  private count({ node, from }: NodeRows): Uint32Array {
    return this.histograms.count(this.lists.list, from, node.counts);
  }
}

/** Leaves that wait for their split, in the order in which they were made. A tree has few, so a list is enough. */
class OpenLeaves {
  private readonly leaves: OpenLeaf[] = [];

  add(leaf: OpenLeaf): void {
    this.leaves.push(leaf);
  }

  /** Takes out the leaf with the largest drop, and of equal drops the leaf that was made first; null when there is none. */
  takeBest(): OpenLeaf | null {
    let best = -1;
    for (let i = 0; i < this.leaves.length; i++) {
      if (best < 0 || this.leaves[i]!.boundary.drop > this.leaves[best]!.boundary.drop) best = i;
    }
    return best < 0 ? null : this.leaves.splice(best, 1)[0]!;
  }

  /** The number of leaves with a drop of at least `drop`; counting stops at `enough`. */
  countAtLeast(drop: number, enough: number): number {
    let count = 0;
    for (let i = 0; i < this.leaves.length && count < enough; i++) {
      if (this.leaves[i]!.boundary.drop >= drop) count++;
    }
    return count;
  }
}

/** The nodes in preorder, a left child right after its parent, as in every engine. */
export function treeInPreorder(root: GrownNode, { featureNames, classNames }: TrainingSet): Tree {
  const builder = new TreeBuilder(featureNames, classNames);
  const pending: { readonly grown: GrownNode; readonly parent: number }[] = [{ grown: root, parent: -1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { counts, split } = next.grown;
    const node = builder.addLeaf(next.parent, counts);
    if (split === null) continue;
    builder.split(node, split.feature, split.threshold);
    pending.push({ grown: split.right, parent: node });
    pending.push({ grown: split.left, parent: node });
  }
  return builder.finish();
}

function grownLeaf(counts: Float64Array): GrownNode {
  return { counts, split: null };
}

import { goesOn } from '../exact/split-node-rows';
import type { FitLimits, TrainingSet } from '../training-set';
import type { BinnedRows } from './binned-rows';
import { type Boundary, BoundarySearch } from './boundary-search';
import { ClassHistograms } from './class-histograms';
import { type GrownNode, grownLeaf } from './grown-node';
import { OpenLeaves } from './open-leaves';
import { RowLists } from './row-lists';

export interface HistogramBounds {
  /** Leaves of a tree, after which it is done; at least 1. */
  readonly leavesMax: number;
  /** Bytes of the histograms of leaves that wait for their split. It changes how fast a fit is and never the tree. */
  readonly histogramBytesMax: number;
}

/** A node whose rows are the range [from, to) of the list. */
interface NodeRows {
  readonly node: GrownNode;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/** A leaf that can be split, and how. */
interface OpenLeaf extends NodeRows {
  readonly boundary: Boundary;
  /** Null where it was given up for want of memory. */
  readonly histogram: Uint32Array | null;
}

/** Grows a tree leaf by leaf, the one whose split lowers impurity most first, until it has enough leaves. */
export class BestFirstFit {
  private readonly root: GrownNode;
  private readonly histograms: ClassHistograms;
  private readonly search: BoundarySearch;
  private readonly lists: RowLists;
  private readonly open = new OpenLeaves<OpenLeaf>();

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

  /** Only the smaller child is counted; what the parent has beyond it is the larger one's. */
  private openChildren(
    left: NodeRows,
    right: NodeRows,
    ofParent: Uint32Array | null,
    splitsLeft: number,
  ): void {
    const [leftGoesOn, rightGoesOn] = [left, right].map((child) => this.mayBeSplit(child, splitsLeft));
    const leftIsSmaller = left.to - left.from <= right.to - right.from;
    const [smaller, larger] = leftIsSmaller ? [left, right] : [right, left];
    const [smallerGoesOn, largerGoesOn] = leftIsSmaller
      ? [leftGoesOn, rightGoesOn]
      : [rightGoesOn, leftGoesOn];
    const isSubtracted = ofParent !== null && largerGoesOn;
    const ofSmaller = smallerGoesOn || isSubtracted ? this.count(smaller) : null;
    let ofLarger: Uint32Array | null = null;
    if (isSubtracted) ofLarger = this.histograms.subtract(ofParent, ofSmaller!);
    else {
      this.histograms.release(ofParent);
      if (largerGoesOn) ofLarger = this.count(larger);
    }
    // Which child is made first settles ties, so it must not hang on their sizes.
    const [ofLeft, ofRight] = leftIsSmaller ? [ofSmaller, ofLarger] : [ofLarger, ofSmaller];
    if (leftGoesOn) this.openWith(left, ofLeft!);
    else this.histograms.release(ofLeft);
    if (rightGoesOn) this.openWith(right, ofRight!);
    else this.histograms.release(ofRight);
  }

  /**
   * False for a node that is a leaf whatever its values are, and for one that will not have its turn: even pure children
   * would lower less than each of as many open leaves as there are splits left.
   */
  private mayBeSplit({ node: { counts }, depth }: NodeRows, splitsLeft: number): boolean {
    if (!goesOn(counts, depth, this.limits)) return false;
    let rows = 0;
    let sq = 0;
    for (const count of counts) {
      rows += count;
      sq += count * count;
    }
    // Rounding is monotonic and `rows` is a double, so the drop that is computed is never above this.
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

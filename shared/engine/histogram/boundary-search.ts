import { splitScore } from '../split-score';
import type { BinnedRows } from './binned-rows';

/** A cut between two neighbouring bins that have rows of the node. */
export interface Boundary {
  readonly feature: number;
  /** The highest bin on the left and the lowest on the right; both have rows of the node. */
  readonly below: number;
  readonly above: number;
  /** The drop in the node's Gini impurity, times the node's rows; at least 0, but for rounding. */
  readonly drop: number;
  /** Rows of each class on the left, shape [classes]. */
  readonly left: Float64Array;
}

/** Finds a node's best boundary from its histogram: the larger score, then the lower feature, then the lower bin. */
export class BoundarySearch {
  private readonly leftRows: Float64Array;
  private readonly leftSq: Float64Array;
  private readonly rightSq: Float64Array;

  constructor(
    private readonly binned: BinnedRows,
    private readonly minLeafRows: number,
  ) {
    this.leftRows = new Float64Array(binned.binsMax);
    this.leftSq = new Float64Array(binned.binsMax);
    this.rightSq = new Float64Array(binned.binsMax);
  }

  /** Null where no boundary leaves `minLeafRows` on both sides. `counts` are the node's rows of each class. */
  find(histogram: Uint32Array, counts: Float64Array): Boundary | null {
    const { features, binsMax } = this.binned;
    let nodeRows = 0;
    let nodeSq = 0;
    for (const count of counts) {
      nodeRows += count;
      nodeSq += count * count;
    }
    let bestScore = Number.NEGATIVE_INFINITY;
    let feature = -1;
    let below = 0;
    for (let each = 0; each < features; each++) {
      this.sumUp(histogram, each * binsMax, counts);
      const bin = bestBin(this.leftRows, this.leftSq, this.rightSq, nodeRows, this.minLeafRows, bestScore);
      if (bin < 0) continue;
      feature = each;
      below = bin;
      bestScore = splitScore(
        this.leftSq[bin]!,
        this.leftRows[bin]!,
        this.rightSq[bin]!,
        nodeRows - this.leftRows[bin]!,
      );
    }
    if (feature < 0) return null;
    const left = this.leftCounts(histogram, feature, below);
    const above = this.nextWithRows(histogram, feature, below);
    return { feature, below, above, drop: bestScore - nodeSq / nodeRows, left };
  }

  /** The sums for the score of a cut after every bin. One class follows another, so memory is read in sequence. */
  private sumUp(histogram: Uint32Array, base: number, counts: Float64Array): void {
    const { features, binsMax } = this.binned;
    const { leftRows, leftSq, rightSq } = this;
    leftRows.fill(0);
    leftSq.fill(0);
    rightSq.fill(0);
    for (let k = 0; k < counts.length; k++) {
      if (counts[k]! === 0) continue;
      addClass(histogram, base + k * features * binsMax, counts[k]!, leftRows, leftSq, rightSq);
    }
  }

  private leftCounts(histogram: Uint32Array, feature: number, below: number): Float64Array {
    const { features, binsMax } = this.binned;
    const classSize = features * binsMax;
    const left = new Float64Array(histogram.length / classSize);
    for (let k = 0; k < left.length; k++) {
      const base = k * classSize + feature * binsMax;
      for (let bin = 0; bin <= below; bin++) left[k]! += histogram[base + bin]!;
    }
    return left;
  }

  private nextWithRows(histogram: Uint32Array, feature: number, below: number): number {
    const { features, binsMax } = this.binned;
    for (let bin = below + 1; bin < binsMax; bin++) {
      for (let at = feature * binsMax + bin; at < histogram.length; at += features * binsMax) {
        if (histogram[at]! > 0) return bin;
      }
    }
    return binsMax;
  }
}

/** All sums are of integers and exact below 2^53. */
function addClass(
  histogram: Uint32Array,
  base: number,
  nodeCount: number,
  leftRows: Float64Array,
  leftSq: Float64Array,
  rightSq: Float64Array,
): void {
  let left = 0;
  for (let bin = 0; bin < leftRows.length; bin++) {
    left += histogram[base + bin]!;
    const right = nodeCount - left;
    leftRows[bin]! += left;
    leftSq[bin]! += left * left;
    rightSq[bin]! += right * right;
  }
}

/** The first bin after which a cut has the highest score above `toBeat`; −1 when there is none. */
function bestBin(
  leftRows: Float64Array,
  leftSq: Float64Array,
  rightSq: Float64Array,
  nodeRows: number,
  minLeafRows: number,
  toBeat: number,
): number {
  let best = -1;
  let bestScore = toBeat;
  const leftMax = nodeRows - minLeafRows;
  for (let bin = 0, before = 0; bin < leftRows.length; bin++) {
    const left = leftRows[bin]!;
    if (left > leftMax) break;
    // A bin without rows of the node repeats the cut before it.
    if (left === before || left < minLeafRows) continue;
    before = left;
    const score = splitScore(leftSq[bin]!, left, rightSq[bin]!, nodeRows - left);
    if (score <= bestScore) continue;
    bestScore = score;
    best = bin;
  }
  return best;
}

import { splitScore } from '../split-score';

/**
 * The rows on the left of a cut that moves through a node from left to right, with all that its score needs. Sums are
 * of integers and exact below 2^53.
 */
export class LeftSide {
  /** Shape [classes], in rows. */
  readonly counts: Float64Array;
  rows = 0;
  /** Σ counts². */
  sq = 0;
  /** Σ counts × the node's counts. */
  cross = 0;
  node: Float64Array;
  nodeRows = 0;
  nodeSq = 0;

  constructor(readonly classes: number) {
    this.counts = new Float64Array(classes);
    this.node = this.counts;
  }

  /** Goes to the left end of a node with these rows of each class. */
  enter(node: Float64Array): void {
    this.node = node;
    this.nodeRows = 0;
    this.nodeSq = 0;
    for (const count of node) {
      this.nodeRows += count;
      this.nodeSq += count * count;
    }
    this.clear();
  }

  clear(): void {
    this.counts.fill(0);
    this.rows = 0;
    this.sq = 0;
    this.cross = 0;
  }

  add(k: number, count: number): void {
    this.rows += count;
    this.sq += count * (2 * this.counts[k]! + count);
    this.counts[k]! += count;
    this.cross += count * this.node[k]!;
  }

  /** Adds `buckets` neighbouring buckets of a histogram, the first of which begins at `at`. */
  addBuckets(histograms: Uint32Array, at: number, buckets: number): void {
    for (let place = at, end = at + buckets * this.classes; place < end; ) {
      for (let k = 0; k < this.classes; k++, place++) {
        const count = histograms[place]!;
        if (count > 0) this.add(k, count);
      }
    }
  }

  get rightRows(): number {
    return this.nodeRows - this.rows;
  }

  /** The score of the cut; both sides have rows. */
  score(): number {
    return scoreOfCut(this, this.rows, this.sq, this.cross);
  }
}

/** The score of a cut by the sums of its left side; Σ(c − l)² = Σc² − 2Σcl + Σl² gives the right one's. */
export function scoreOfCut(
  { nodeRows, nodeSq }: LeftSide,
  leftRows: number,
  leftSq: number,
  cross: number,
): number {
  return splitScore(leftSq, leftRows, nodeSq - 2 * cross + leftSq, nodeRows - leftRows);
}

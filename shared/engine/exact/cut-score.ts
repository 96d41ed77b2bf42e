import { splitScore } from '../split-score';

/**
 * The rows on the left of a cut that moves through a node from left to right, with the sums that its score needs. All sums
 * are of integers and exact below 2^53.
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

  /** Begins at the left end of a node; `node` are its rows of each class. */
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

  /** Adds `buckets` neighbouring buckets of a histogram; the first one begins at `at`. */
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

  /** The score of the cut. Both sides must have rows. */
  score(): number {
    return scoreOfCut(this, this.rows, this.sq, this.cross);
  }
}

/** The score of a cut from the sums of its left side. Those of the right side follow: Σ(c − l)² = Σc² − 2Σcl + Σl². */
function scoreOfCut({ nodeRows, nodeSq }: LeftSide, leftRows: number, leftSq: number, cross: number): number {
  return splitScore(leftSq, leftRows, nodeSq - 2 * cross + leftSq, nodeRows - leftRows);
}

/** A bucket with more classes is undecided, since its box of counts has too many corners (2^classes) to try. */
const CLASSES_MAX = 6;

/**
 * Tells whether some cut inside a bucket might reach a score, for any order of the bucket's rows.
 *
 * Let l be the class counts before the bucket and c the bucket's own. A cut inside has l + x on its left, 0 <= x <= c. The
 * score is convex in x, so over this box it is largest at a corner. The corners x = 0 and x = c are the ends of the bucket
 * and no cuts inside it. Without these two, the corners of the convex hull are the other corners and the neighbours of
 * the two ends.
 */
export class BucketBound {
  private readonly present = new Uint16Array(CLASSES_MAX);

  /** `left` stands right before the bucket. The bucket's class counts begin at `at` in `histograms`. */
  mayReach(score: number, left: LeftSide, histograms: Uint32Array, at: number): boolean {
    const { present } = this;
    let classes = 0;
    for (let k = 0; k < left.classes; k++) {
      if (histograms[at + k] === 0) continue;
      if (classes === CLASSES_MAX) return true;
      present[classes++] = k;
    }
    const corners = 1 << classes;
    for (let corner = 0; corner < corners; corner++) {
      let { rows, sq, cross } = left;
      for (let i = 0; i < classes; i++) {
        if ((corner & (1 << i)) === 0) continue;
        const k = present[i]!;
        const count = histograms[at + k]!;
        rows += count;
        sq += count * (2 * left.counts[k]! + count);
        cross += count * left.node[k]!;
      }
      if (boundAt(left, rows, sq, cross) < score) continue;
      const isEnd = corner === 0 || corner === corners - 1;
      if (!isEnd) return true;
      for (let i = 0; i < classes; i++) {
        const k = present[i]!;
        const step = corner === 0 ? 1 : -1;
        const count = corner === 0 ? left.counts[k]! : left.counts[k]! + histograms[at + k]!;
        const bound = boundAt(left, rows + step, sq + 2 * step * count + 1, cross + step * left.node[k]!);
        if (bound >= score) return true;
      }
    }
    return false;
  }
}

/** At an end of the node one side has no rows; there the limit of the convex function is the score of the uncut node. */
function boundAt(left: LeftSide, rows: number, sq: number, cross: number): number {
  if (rows === 0 || rows === left.nodeRows) return left.nodeSq / left.nodeRows;
  return scoreOfCut(left, rows, sq, cross);
}

import { splitScore } from '../split-score';

/** Above this many classes in one bucket the corners of its box are too many to try. */
const CLASSES_MAX = 6;

/**
 * The best score that any cut inside of one bucket can have, whatever the order of its rows. With l the class counts
 * before the bucket and c its own, a cut inside has l + x on its left, 0 <= x <= c. The score is convex in x, so over a
 * box it is largest at a corner; the corners x = 0 and x = c are the bucket's ends and no cuts inside, and without
 * them the hull's corners are the others and the ends' next neighbours.
 *
 * One instance serves one node after the other: `begin` takes the node's class counts, in rows.
 */
export class BucketBound {
  private rows = 0;
  private sq = 0;
  private counts: Float64Array = new Float64Array(0);
  private readonly present = new Uint16Array(CLASSES_MAX);

  begin(counts: Float64Array, rows: number, sq: number): void {
    this.counts = counts;
    this.rows = rows;
    this.sq = sq;
  }

  /**
   * True when a cut inside might reach `score`. `before` are the class counts on the left of the bucket, `at` is where
   * the bucket's own begin in `histogram`; `leftRows`, `leftSq` and `cross` (Σ counts × before) belong to `before`.
   */
  mayReach(
    score: number,
    histogram: Uint32Array,
    at: number,
    before: Float64Array,
    leftRows: number,
    leftSq: number,
    cross: number,
  ): boolean {
    const { present } = this;
    let classes = 0;
    for (let k = 0; k < before.length; k++) {
      if (histogram[at + k] === 0) continue;
      if (classes === CLASSES_MAX) return true;
      present[classes++] = k;
    }
    const corners = 1 << classes;
    for (let corner = 0; corner < corners; corner++) {
      let rows = leftRows;
      let sq = leftSq;
      let sum = cross;
      for (let i = 0; i < classes; i++) {
        if ((corner & (1 << i)) === 0) continue;
        const k = present[i]!;
        const count = histogram[at + k]!;
        rows += count;
        sq += count * (2 * before[k]! + count);
        sum += count * this.counts[k]!;
      }
      if (this.score(rows, sq, sum) < score) continue;
      const isEnd = corner === 0 || corner === corners - 1;
      if (
        !isEnd ||
        this.neighbourReaches(score, histogram, at, before, classes, corner === 0, rows, sq, sum)
      ) {
        return true;
      }
    }
    return false;
  }

  /** The cuts right beside an end of the bucket: one row of one class further in. */
  private neighbourReaches(
    score: number,
    histogram: Uint32Array,
    at: number,
    before: Float64Array,
    classes: number,
    isFirst: boolean,
    rows: number,
    sq: number,
    sum: number,
  ): boolean {
    for (let i = 0; i < classes; i++) {
      const k = this.present[i]!;
      const left = isFirst ? before[k]! : before[k]! + histogram[at + k]!;
      const step = isFirst ? 1 : -1;
      if (this.score(rows + step, sq + step * 2 * left + 1, sum + step * this.counts[k]!) >= score)
        return true;
    }
    return false;
  }

  private score(leftRows: number, leftSq: number, cross: number): number {
    const rightRows = this.rows - leftRows;
    // A side without rows is no cut; as a corner of the box it bounds nothing that its neighbours do not.
    if (leftRows === 0) return this.sq / this.rows;
    if (rightRows === 0) return this.sq / this.rows;
    return splitScore(leftSq, leftRows, this.sq - 2 * cross + leftSq, rightRows);
  }
}

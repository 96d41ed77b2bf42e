import { type LeftSide, scoreOfCut } from './left-side';

/** Above this many classes in one bucket the corners of its box are too many to try. */
const CLASSES_MAX = 6;

/**
 * Tells whether a cut inside of a bucket might have a score, whatever the order of the bucket's rows.
 *
 * With l the class counts before the bucket and c its own, a cut inside has l + x on its left, 0 <= x <= c. The score is
 * convex in x, so over a box it is largest at a corner. The corners x = 0 and x = c are the bucket's ends and no cuts
 * inside; without them the hull's corners are the other ones and the ends' next neighbours.
 */
export class BucketBound {
  private readonly present = new Uint16Array(CLASSES_MAX);

  /** `left` stands right before the bucket, whose class counts begin at `at` in `histograms`. */
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

/** At an end of the node, where one side has no rows, the score of not cutting is the limit of the convex function. */
function boundAt(left: LeftSide, rows: number, sq: number, cross: number): number {
  if (rows === 0 || rows === left.nodeRows) return left.nodeSq / left.nodeRows;
  return scoreOfCut(left, rows, sq, cross);
}

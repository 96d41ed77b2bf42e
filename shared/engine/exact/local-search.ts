import { splitScore } from '../split-score';
import type { LocalEntries } from './local-entries';
import { CLASS_MASK, RANK_AND_CLASS_MASK, RANK_SHIFT } from './local-scratch';

/**
 * Finds the best split of a node of a small subtree among all features and all boundaries between distinct values:
 * larger score, then lower feature index, then lower threshold. The result stands in the fields.
 */
export class LocalSearch {
  feature = -1;
  /** The first position of the right side in the list of `feature`. */
  position = 0;
  private score = 0;
  /** Rows of each class on the left of the cut and in the node, as 32-bit integers; shape [classes]. */
  private readonly left: Int32Array;
  private readonly node: Int32Array;

  constructor(
    private readonly table: LocalEntries,
    classes: number,
    private readonly minLeafRows: number,
  ) {
    this.left = new Int32Array(classes);
    this.node = new Int32Array(classes);
  }

  /** False where no boundary leaves `minLeafRows` on both sides. `counts` are the node's rows of each class. */
  find(from: number, to: number, counts: Float64Array): boolean {
    const { table, node } = this;
    this.score = Number.NEGATIVE_INFINITY;
    this.feature = -1;
    let sq = 0;
    for (let k = 0; k < node.length; k++) {
      const count = counts[k]!;
      node[k] = count;
      sq += count * count;
    }
    for (let feature = 0; feature < table.features; feature++) {
      this.scan(feature, from, to, sq, this.runMask(feature));
    }
    return this.feature >= 0;
  }

  /**
   * Where every cut is allowed, only boundaries between rows of different classes can be best (Fayyad and Irani, 1992).
   * Inside a run of one class the score is strictly convex: its second derivative is at least 4 / n³, so every cut there
   * is at least 2 / n³ below the better end. For n <= 2,048 that is a hundred times the rounding of two quotients.
   */
  private runMask(feature: number): number {
    const isEveryCutAllowed = this.table.isUntied[feature] === 1 && this.minLeafRows === 1;
    return isEveryCutAllowed ? CLASS_MASK : RANK_AND_CLASS_MASK;
  }

  /**
   * Scores the boundaries of one feature between rows that differ under `runMask`; the first of equal scores wins. The rows
   * of a run are added at once: added one by one, each would wait for the store of the one before.
   */
  private scan(feature: number, from: number, to: number, sq: number, runMask: number): void {
    const { left, node, minLeafRows } = this;
    const { entries, stride } = this.table;
    const begin = feature * stride + from;
    const end = feature * stride + to;
    const first = begin + minLeafRows;
    const last = end - minLeafRows;
    for (let k = 0; k < left.length; k++) left[k] = 0;
    let best = this.score;
    let bestAt = -1;
    let leftSq = 0;
    let cross = 0;
    let at = begin;
    let next = entries[at]!;
    for (;;) {
      const begun = at;
      const entry = next;
      const key = entry & runMask;
      do {
        at++;
        if (at > last) break;
        next = entries[at]!;
      } while ((next & runMask) === key);
      if (at > last) break;
      const run = at - begun;
      const k = entry & CLASS_MASK;
      const count = left[k]!;
      // (c + r)² − c² = r(2c + r).
      leftSq += run * (2 * count + run);
      left[k] = count + run;
      cross += run * node[k]!;
      if (at < first || entry >> RANK_SHIFT === next >> RANK_SHIFT) continue;
      // Σ(c − l)² = Σc² − 2Σcl + Σl², all of them integers.
      const score = splitScore(leftSq, at - begin, sq - 2 * cross + leftSq, end - at);
      if (score > best) {
        best = score;
        bestAt = at;
      }
    }
    if (bestAt >= 0) this.take(feature, best, bestAt - feature * stride);
  }

  private take(feature: number, score: number, position: number): void {
    this.score = score;
    this.feature = feature;
    this.position = position;
  }
}

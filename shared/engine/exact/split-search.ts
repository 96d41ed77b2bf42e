import { splitScore, thresholdBetween } from '../split-score';
import type { TrainingSet } from '../training-set';

/** Where to cut a node: rows of `order[feature]` before `position` go left. */
export interface Split {
  readonly feature: number;
  readonly threshold: number;
  readonly position: number;
}

/**
 * Finds the best split of a node among all features and all boundaries between distinct values: larger score, then
 * lower feature index, then lower threshold. A node is the range [from, to) of every order; `orders` holds the
 * node's rows sorted by value, one array a feature.
 */
export class SplitSearch {
  private readonly rows: TrainingSet;
  private readonly orders: readonly Uint32Array[];
  private readonly minLeafRows: number;
  private readonly left: Float64Array;
  private readonly right: Float64Array;
  private bestScore = Number.NEGATIVE_INFINITY;
  private bestFeature = -1;
  private bestPosition = -1;

  constructor(rows: TrainingSet, orders: readonly Uint32Array[], minLeafRows: number) {
    this.rows = rows;
    this.orders = orders;
    this.minLeafRows = minLeafRows;
    this.left = new Float64Array(rows.classNames.length);
    this.right = new Float64Array(rows.classNames.length);
  }

  /**
   * Null when no boundary leaves `minLeafRows` on both sides. A split that lowers no impurity is still given: two of
   * them can separate what one cannot (exclusive or). `counts` are the node's rows of each class, shape [classes].
   */
  find(from: number, to: number, counts: Float64Array): Split | null {
    this.bestScore = Number.NEGATIVE_INFINITY;
    this.bestFeature = -1;
    for (let feature = 0; feature < this.orders.length; feature++) this.scan(feature, from, to, counts);
    if (this.bestFeature < 0) return null;

    const values = this.rows.columns[this.bestFeature]!;
    const order = this.orders[this.bestFeature]!;
    const position = this.bestPosition;
    const threshold = thresholdBetween(values[order[position - 1]!]!, values[order[position]!]!);
    return { feature: this.bestFeature, threshold, position };
  }

  /** Moves the node's rows from right to left in order of value and scores every boundary on the way. */
  private scan(feature: number, from: number, to: number, counts: Float64Array): void {
    const { classes } = this.rows;
    const { left, right, minLeafRows } = this;
    const values = this.rows.columns[feature]!;
    const order = this.orders[feature]!;
    left.fill(0);
    right.set(counts);
    let leftSq = 0;
    let rightSq = sumOfSquares(counts);
    let value = values[order[from]!]!;
    // The right side keeps minLeafRows, so its first row stands at `to - minLeafRows` at the latest.
    for (let position = from + 1; position <= to - minLeafRows; position++) {
      const moved = classes[order[position - 1]!]!;
      // (c + 1)² − c² = 2c + 1, and the same backwards: the sums stay integers.
      leftSq += 2 * left[moved]!++ + 1;
      rightSq -= 2 * right[moved]!-- - 1;
      const next = values[order[position]!]!;
      if (next === value) continue;
      value = next;
      if (position - from < minLeafRows) continue;
      const score = splitScore(leftSq, position - from, rightSq, to - position);
      // Features and values rise, so among equals the first one seen is the one to keep.
      if (score > this.bestScore) {
        this.bestScore = score;
        this.bestFeature = feature;
        this.bestPosition = position;
      }
    }
  }
}

function sumOfSquares(counts: Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count * count;
  return sum;
}

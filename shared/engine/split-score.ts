/**
 * The score of a split: larger is better, and a split that separates nothing has its parent's `nodeSq / nodeRows`.
 * `leftSq` and `rightSq` are sums of squared class counts, `leftRows` and `rightRows` are at least 1.
 *
 * The weighted Gini impurity of two children times the node's rows is
 * `nL·(1 − Lsq/nL²) + nR·(1 − Rsq/nR²) = n − (Lsq/nL + Rsq/nR)`, so the largest score is the lowest impurity
 * (Breiman et al., Classification and Regression Trees, 1984, ch. 4). The sums are integers and exact below 2^53;
 * two divisions and one addition follow in this order, so every engine computes the same double.
 */
export function splitScore(leftSq: number, leftRows: number, rightSq: number, rightRows: number): number {
  return leftSq / leftRows + rightSq / rightRows;
}

/**
 * The threshold between neighbouring distinct values `low` < `high`: their midpoint, or `low` where the midpoint
 * rounds up to `high`. Gives `low <= threshold < high`, so `value <= threshold` separates them. Halving first keeps
 * the sum finite at 1e308, where `(low + high) / 2` overflows.
 */
export function thresholdBetween(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}

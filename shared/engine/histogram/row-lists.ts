import { thresholdBetween } from '../split-score';
import type { TrainingSet } from '../training-set';
import type { BinnedRows } from './binned-rows';
import type { Boundary } from './boundary-search';

/**
 * The list of row ids that splits divide: a node is a range [from, to) of it. In every range the rows of class 0 come first,
 * then the rows of class 1, and so on, each in the set's order. Division is stable, so it keeps this order.
 */
export class RowLists {
  /** Shape [rowCount]. */
  readonly list: Uint32Array;
  /** Rows that go right, while the others move up. It has space for one more, since the division writes without a branch. */
  private readonly scratch: Uint32Array;
  /** First the number of rows in the two bins beside a boundary, then these rows; space for one more likewise. */
  private readonly beside: Uint32Array;

  constructor(
    private readonly rows: TrainingSet,
    private readonly binned: BinnedRows,
    /** Rows of each class, shape [classes]. */
    counts: Float64Array,
  ) {
    this.list = sortedByClass(rows.classes, counts);
    this.scratch = new Uint32Array(rows.rowCount + 1);
    this.beside = new Uint32Array(rows.rowCount + 2);
  }

  /**
   * Moves the rows of [from, to) on the left of a boundary before the others. Gives the position of the first right row and
   * the threshold between the nearest values of the node's rows on both sides.
   */
  divide(
    from: number,
    to: number,
    { feature, below, above }: Boundary,
  ): { readonly middle: number; readonly threshold: number } {
    const bins = this.binned.byColumn[feature]!;
    const { list, scratch, beside } = this;
    const middle = divideList(list, from, to, scratch, beside, bins, below, above);
    const column = this.rows.columns[feature]!;
    let low = Number.NEGATIVE_INFINITY;
    let high = Number.POSITIVE_INFINITY;
    for (let i = 1; i <= beside[0]!; i++) {
      const row = beside[i]!;
      const value = column[row]!;
      if (bins[row] === below) low = Math.max(low, value);
      else high = Math.min(high, value);
    }
    return { middle, threshold: thresholdBetween(low, high) };
  }
}

function sortedByClass(classes: Uint32Array, counts: Float64Array): Uint32Array {
  const next = new Uint32Array(counts.length);
  for (let k = 1; k < counts.length; k++) next[k] = next[k - 1]! + counts[k - 1]!;
  const list = new Uint32Array(classes.length);
  for (let row = 0; row < classes.length; row++) list[next[classes[row]!]!++] = row;
  return list;
}

/**
 * Without a branch on the side: the side is as good as random, and a wrong prediction costs more than both stores. The rows
 * whose values determine the threshold are listed in the same pass, since their bins are read in it.
 */
function divideList(
  list: Uint32Array,
  from: number,
  to: number,
  scratch: Uint32Array,
  beside: Uint32Array,
  bins: Uint8Array,
  below: number,
  above: number,
): number {
  let leftEnd = from;
  let rightCount = 0;
  let besideEnd = 1;
  for (let i = from; i < to; i++) {
    const row = list[i]!;
    const bin = bins[row]!;
    // The sign bit of the difference.
    const isRight = (below - bin) >>> 31;
    list[leftEnd] = row;
    scratch[rightCount] = row;
    beside[besideEnd] = row;
    leftEnd += 1 - isRight;
    rightCount += isRight;
    besideEnd += bin === below || bin === above ? 1 : 0;
  }
  beside[0] = besideEnd - 1;
  list.set(scratch.subarray(0, rightCount), leftEnd);
  return leftEnd;
}

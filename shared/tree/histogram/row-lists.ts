import { thresholdBetween } from '../split-score';
import type { TrainingSet } from '../training-set';
import type { BinnedRows } from './binned-rows';
import type { Boundary } from './boundary-search';

/**
 * The list of row numbers that nodes divide among themselves: a node is a range [from, to) of it. In every range the
 * rows of class 0 come first, then those of class 1, and so on, each in the set's order: division keeps the order.
 */
export class RowLists {
  /** Shape [rowCount]. */
  readonly list: Uint32Array;
  /** Rows that go right, kept aside while the others move up; with room for the one that is written in vain. */
  private readonly aside: Uint32Array;

  constructor(
    private readonly rows: TrainingSet,
    private readonly binned: BinnedRows,
    /** Rows of each class, shape [classes]. */
    counts: Float64Array,
  ) {
    this.list = sortedByClass(rows.classes, counts);
    this.aside = new Uint32Array(rows.rowCount + 1);
  }

  /** The threshold between the values on both sides of a boundary that the rows [from, to) really have. */
  threshold(from: number, to: number, { feature, below, above }: Boundary): number {
    const { bins, features } = this.binned;
    const column = this.rows.columns[feature]!;
    let low = Number.NEGATIVE_INFINITY;
    let high = Number.POSITIVE_INFINITY;
    for (let i = from; i < to; i++) {
      const row = this.list[i]!;
      const bin = bins[row * features + feature]!;
      if (bin === below) low = Math.max(low, column[row]!);
      else if (bin === above) high = Math.min(high, column[row]!);
    }
    return thresholdBetween(low, high);
  }

  /** Puts the rows on the left of a boundary first, then those on the right; gives where these begin. */
  divide(from: number, to: number, { feature, below }: Boundary): number {
    const { bins, features } = this.binned;
    return divideList(this.list, from, to, this.aside, bins, features, feature, below);
  }
}

function sortedByClass(classes: Uint32Array, counts: Float64Array): Uint32Array {
  const next = new Uint32Array(counts.length);
  for (let k = 1; k < counts.length; k++) next[k] = next[k - 1]! + counts[k - 1]!;
  const list = new Uint32Array(classes.length);
  for (let row = 0; row < classes.length; row++) list[next[classes[row]!]!++] = row;
  return list;
}

/** Without a branch on the side: it is as good as random, and a wrong guess costs more than both stores. */
function divideList(
  list: Uint32Array,
  from: number,
  to: number,
  aside: Uint32Array,
  bins: Uint8Array,
  features: number,
  feature: number,
  below: number,
): number {
  let lefts = from;
  let rights = 0;
  for (let i = from; i < to; i++) {
    const row = list[i]!;
    // The sign of the difference: −1 where the bin is above.
    const isRight = ((below - bins[row * features + feature]!) >>> 31) & 1;
    list[lefts] = row;
    aside[rights] = row;
    lefts += 1 - isRight;
    rights += isRight;
  }
  list.set(aside.subarray(0, rights), lefts);
  return lefts;
}

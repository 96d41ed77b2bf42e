import type { TrainingSet } from '../training-set';
import type { Split } from './split-search';

/**
 * Cuts a node's range in every order: rows on the left of the split come first, each side still sorted by value.
 * It is stable, so nothing is sorted twice on the way down.
 */
export class RowPartition {
  private readonly rows: TrainingSet;
  private readonly orders: readonly Uint32Array[];
  /** 1 for the rows of the current node that go left, shape [rowCount]. */
  private readonly goesLeft: Uint8Array;
  /** Rows that go right, kept aside while the others move up; shape [rowCount]. */
  private readonly aside: Uint32Array;

  constructor(rows: TrainingSet, orders: readonly Uint32Array[]) {
    this.rows = rows;
    this.orders = orders;
    this.goesLeft = new Uint8Array(rows.rowCount);
    this.aside = new Uint32Array(rows.rowCount);
  }

  cut(from: number, to: number, split: Split): void {
    this.mark(from, to, split);
    for (let feature = 0; feature < this.rows.columns.length; feature++) {
      if (feature !== split.feature) this.cutOrder(this.orders[feature]!, from, to);
    }
  }

  private mark(from: number, to: number, split: Split): void {
    const { goesLeft } = this;
    const order = this.orders[split.feature]!;
    for (let at = from; at < split.position; at++) goesLeft[order[at]!] = 1;
    for (let at = split.position; at < to; at++) goesLeft[order[at]!] = 0;
  }

  private cutOrder(order: Uint32Array, from: number, to: number): void {
    const { goesLeft, aside } = this;
    let lefts = from;
    let rights = 0;
    for (let at = from; at < to; at++) {
      const row = order[at]!;
      if (goesLeft[row] === 1) order[lefts++] = row;
      else aside[rights++] = row;
    }
    order.set(aside.subarray(0, rights), lefts);
  }
}

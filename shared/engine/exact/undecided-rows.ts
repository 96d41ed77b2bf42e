import type { RowBlock } from './row-block';
import { ValueSort } from './sort-values';

/** Scratch for the rows of buckets that have to be sorted after all. */
export class UndecidedRows {
  readonly codes: Uint16Array;
  readonly valueSort: ValueSort;
  private readonly values: Float64Array;
  private readonly places: Uint32Array;

  constructor(readonly capacity: number) {
    this.codes = new Uint16Array(capacity);
    this.values = new Float64Array(capacity);
    this.places = new Uint32Array(capacity + 1);
    this.valueSort = new ValueSort(capacity);
  }

  /** Picks the rows whose code is marked, at most `pickedMax`, and sorts them; gives how many there are. */
  gather(
    block: RowBlock,
    feature: number,
    from: number,
    to: number,
    isMarked: Uint8Array,
    pickedMax: number,
    column: Float64Array,
  ): number {
    const { codes, values, places, valueSort } = this;
    const picked = block.pick(feature, from, to, isMarked, pickedMax, places);
    const blockCodes = block.codes[feature]!;
    for (let i = 0; i < picked; i++) {
      const place = places[i]!;
      codes[i] = blockCodes[place]!;
      values[i] = column[block.numbers[place]!]!;
    }
    valueSort.sort(values, picked);
    return picked;
  }
}

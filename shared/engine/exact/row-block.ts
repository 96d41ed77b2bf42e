import { thresholdBetween } from '../split-score';
import type { FitRoom } from './fit-room';
import type { CodedSplit } from './histogram-search';
import { ascending } from './split-node-rows';

/** How the codes of a split's feature tell the sides apart. */
const RIGHT = 0;
const LEFT = 1;
/** The bucket itself is cut: the value decides. */
const BY_VALUE = 2;

/** A node this many times smaller than its block gets a block of its own. */
export const COPY_FACTOR = 4;

/** Marked rows are rare where they are one in so many: then a branch on them is nearly always guessed right. */
const RARE_FACTOR = 8;

/**
 * The coded columns of some rows, and the list of their places that nodes divide among themselves: a node is a range
 * [from, to) of `places`. A node far smaller than its block copies its rows into a block of its own, so that its codes
 * stand side by side again.
 */
export class RowBlock {
  readonly places: Uint32Array;
  /** What is taken of the room while this block is in use and none of its copies is. */
  readonly mark: number;
  /** False once `places` is no longer 0, 1, 2 …; until then codes can be read straight on. */
  private isUndivided = true;

  constructor(
    /** `bucket × classes + class` of every place, one array a feature. */
    readonly codes: readonly Uint16Array[],
    /** Row number of every place. */
    readonly numbers: Uint32Array,
    private readonly room: FitRoom,
  ) {
    this.places = ascending(numbers.length, room.numbers(numbers.length));
    this.mark = room.mark;
  }

  get size(): number {
    return this.numbers.length;
  }

  copy(from: number, to: number): RowBlock {
    const { places, numbers, room } = this;
    const codes = this.codes.map((each) => gathered(each, places, from, to, room.codes(to - from)));
    return new RowBlock(codes, gathered(numbers, places, from, to, room.numbers(to - from)), room);
  }

  /** Adds the rows of a node to a feature's histogram, which begins at `base`. */
  countCodes(feature: number, from: number, to: number, histograms: Uint32Array, base: number): void {
    const codes = this.codes[feature]!;
    if (this.isUndivided) countStraight(codes, from, to, histograms, base);
    else countPlaces(codes, this.places, from, to, histograms, base);
  }

  /**
   * Writes the places of a node's rows whose code is marked, in order; gives how many, at most `pickedMax`. `picked` has
   * room for one more.
   */
  pick(
    feature: number,
    from: number,
    to: number,
    isMarked: Uint8Array,
    pickedMax: number,
    picked: Uint32Array,
  ): number {
    const pickPlaces = pickedMax * RARE_FACTOR <= to - from ? pickRare : pickMany;
    return pickPlaces(this.codes[feature]!, this.places, from, to, isMarked, picked);
  }

  /** Row numbers of a node. */
  numbersOf(from: number, to: number, numbers: Uint32Array): void {
    for (let i = from; i < to; i++) numbers[i - from] = this.numbers[this.places[i]!]!;
  }

  /** The bucket of each of `count` rows from `from` on. */
  bucketsOf(feature: number, from: number, count: number, classes: number, buckets: Uint16Array): void {
    const codes = this.codes[feature]!;
    for (let i = 0; i < count; i++) buckets[i] = codes[this.places[from + i]!]! / classes;
  }

  /** The threshold between the values of bucket `low` and those of bucket `high`, both with rows of the node. */
  thresholdBetweenBuckets(
    feature: number,
    from: number,
    to: number,
    low: number,
    high: number,
    column: Float64Array,
    classes: number,
  ): number {
    const codes = this.codes[feature]!;
    const { places, numbers } = this;
    let below = Number.NEGATIVE_INFINITY;
    let above = Number.POSITIVE_INFINITY;
    const lowFrom = low * classes;
    const highFrom = high * classes;
    for (let i = from; i < to; i++) {
      const place = places[i]!;
      const code = codes[place]!;
      if (code < lowFrom || code >= highFrom + classes) continue;
      const value = column[numbers[place]!]!;
      if (code < lowFrom + classes) {
        if (value > below) below = value;
      } else if (value < above) above = value;
    }
    return thresholdBetween(below, above);
  }

  /**
   * Puts the rows on the left of a split first, in their order, then those on the right; gives where these begin.
   * `sides` says LEFT, RIGHT or BY_VALUE for every code; `aside` has room for all rows of the node and one more.
   */
  divide(
    feature: number,
    from: number,
    to: number,
    sides: Uint8Array,
    column: Float64Array,
    threshold: number,
    aside: Uint32Array,
  ): number {
    this.isUndivided = false;
    return dividePlaces(
      this.codes[feature]!,
      this.places,
      this.numbers,
      from,
      to,
      sides,
      column,
      threshold,
      aside,
    );
  }
}

/** Writes the side of every code of a split's feature into `sides`, as `RowBlock.divide` reads it. */
export function splitSides(
  { bucket, isInside }: Pick<CodedSplit, 'bucket' | 'isInside'>,
  classes: number,
  sides: Uint8Array,
): void {
  const cut = bucket * classes;
  sides.fill(LEFT, 0, cut);
  sides.fill(RIGHT, cut);
  if (isInside) sides.fill(BY_VALUE, cut, cut + classes);
}

function gathered<T extends Uint16Array | Uint32Array>(
  of: T,
  places: Uint32Array,
  from: number,
  to: number,
  into: T,
): T {
  for (let i = from; i < to; i++) into[i - from] = of[places[i]!]!;
  return into;
}

function countStraight(
  codes: Uint16Array,
  from: number,
  to: number,
  histograms: Uint32Array,
  base: number,
): void {
  for (let place = from; place < to; place++) histograms[base + codes[place]!]!++;
}

function countPlaces(
  codes: Uint16Array,
  places: Uint32Array,
  from: number,
  to: number,
  histograms: Uint32Array,
  base: number,
): void {
  for (let i = from; i < to; i++) histograms[base + codes[places[i]!]!]!++;
}

function pickRare(
  codes: Uint16Array,
  places: Uint32Array,
  from: number,
  to: number,
  isMarked: Uint8Array,
  picked: Uint32Array,
): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const place = places[i]!;
    if (isMarked[codes[place]!] === 1) picked[count++] = place;
  }
  return count;
}

/** Without a branch: where it is a toss-up whether a row is picked, wrong guesses cost more than stores in vain. */
function pickMany(
  codes: Uint16Array,
  places: Uint32Array,
  from: number,
  to: number,
  isMarked: Uint8Array,
  picked: Uint32Array,
): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const place = places[i]!;
    picked[count] = place;
    count += isMarked[codes[place]!]!;
  }
  return count;
}

/** Without a branch on the side: it is as good as random, and a wrong guess costs more than both stores. */
function dividePlaces(
  codes: Uint16Array,
  places: Uint32Array,
  numbers: Uint32Array,
  from: number,
  to: number,
  sides: Uint8Array,
  column: Float64Array,
  threshold: number,
  aside: Uint32Array,
): number {
  let lefts = from;
  let rights = 0;
  for (let i = from; i < to; i++) {
    const place = places[i]!;
    let isLeft = sides[codes[place]!]!;
    if (isLeft === BY_VALUE) isLeft = column[numbers[place]!]! <= threshold ? LEFT : RIGHT;
    places[lefts] = place;
    aside[rights] = place;
    lefts += isLeft;
    rights += 1 - isLeft;
  }
  places.set(aside.subarray(0, rights), lefts);
  return lefts;
}

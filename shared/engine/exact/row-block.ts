import { thresholdBetween } from '../split-score';
import type { ScratchArena } from './scratch-arena';

/** The side of a split to which a code of its feature belongs. */
const RIGHT = 0;
const LEFT = 1;
/** The cut lies inside the code's bucket, so the row's value decides. */
const BY_VALUE = 2;

/** Where at most one row in this many is marked, the processor predicts a branch on the mark nearly always right. */
const RARE_FACTOR = 8;

/**
 * The coded columns of some rows and an order of these rows. A node is a range [from, to) of the order, and a split divides
 * its range. A node far smaller than its block copies its rows into a block of its own, so that its codes stand side by
 * side in memory again.
 */
export class RowBlock {
  /** The block rows in node order, shape [size]. A block row is an index into `codes[feature]` and `rowIds`. */
  readonly order: Uint32Array;
  /** The arena's checkpoint with this block and without its copies. */
  readonly checkpoint: number;
  /** True while `order` is 0, 1, 2 …, so that codes can be read without it. */
  private isOrderAscending = true;

  constructor(
    /** `bucket × classes + class` of every block row, one array for each feature. */
    readonly codes: readonly Uint16Array[],
    /** The row id of every block row: its index in the training set. */
    readonly rowIds: Uint32Array,
    private readonly arena: ScratchArena,
  ) {
    this.order = ascending(rowIds.length, arena.uint32(rowIds.length));
    this.checkpoint = arena.checkpoint();
  }

  get size(): number {
    return this.rowIds.length;
  }

  /** A block of the rows of a node. */
  copy(from: number, to: number): RowBlock {
    const { order, rowIds, arena } = this;
    const codes = this.codes.map((each) => gathered(each, order, from, to, arena.uint16(to - from)));
    return new RowBlock(codes, gathered(rowIds, order, from, to, arena.uint32(to - from)), arena);
  }

  /** Adds the rows of a node to a feature's histogram, which begins at `base`. */
  countCodes(feature: number, from: number, to: number, histograms: Uint32Array, base: number): void {
    const codes = this.codes[feature]!;
    if (this.isOrderAscending) countStraight(codes, from, to, histograms, base);
    else countInOrder(codes, this.order, from, to, histograms, base);
  }

  /**
   * Writes the node's block rows whose code is marked into `picked`, in order, and gives their number, at most `pickedMax`.
   * `picked` has space for one more.
   */
  pick(
    feature: number,
    from: number,
    to: number,
    isMarked: Uint8Array,
    pickedMax: number,
    picked: Uint32Array,
  ): number {
    const pickRows = pickedMax * RARE_FACTOR <= to - from ? pickRare : pickMany;
    return pickRows(this.codes[feature]!, this.order, from, to, isMarked, picked);
  }

  /** Writes the row ids of a node, shape [to − from]. */
  writeRowIds(from: number, to: number, rowIds: Uint32Array): void {
    for (let i = from; i < to; i++) rowIds[i - from] = this.rowIds[this.order[i]!]!;
  }

  /** Writes the bucket of each of `count` rows from `from` on. */
  writeBuckets(feature: number, from: number, count: number, classes: number, buckets: Uint16Array): void {
    const codes = this.codes[feature]!;
    for (let i = 0; i < count; i++) buckets[i] = codes[this.order[from + i]!]! / classes;
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
    const { order, rowIds } = this;
    let below = Number.NEGATIVE_INFINITY;
    let above = Number.POSITIVE_INFINITY;
    const lowFrom = low * classes;
    const highFrom = high * classes;
    for (let i = from; i < to; i++) {
      const blockRow = order[i]!;
      const code = codes[blockRow]!;
      if (code < lowFrom || code >= highFrom + classes) continue;
      const value = column[rowIds[blockRow]!]!;
      if (code < lowFrom + classes) {
        if (value > below) below = value;
      } else if (value < above) above = value;
    }
    return thresholdBetween(below, above);
  }

  /**
   * Moves the rows on the left of a split before the rows on the right and gives the position of the first right one. The
   * division is stable. `sides` holds LEFT, RIGHT or BY_VALUE for every code (`splitSides`); `scratch` has space for all
   * rows of the node and one more.
   */
  divide(
    feature: number,
    from: number,
    to: number,
    sides: Uint8Array,
    column: Float64Array,
    threshold: number,
    scratch: Uint32Array,
  ): number {
    this.isOrderAscending = false;
    return divideOrder(
      this.codes[feature]!,
      this.order,
      this.rowIds,
      from,
      to,
      sides,
      column,
      threshold,
      scratch,
    );
  }
}

/** Where a split cuts the buckets of its feature. */
export interface BucketCut {
  /** The first bucket that is not wholly on the left. */
  readonly bucket: number;
  /** True when the cut lies inside of `bucket`: the threshold divides that bucket's rows. */
  readonly isInside: boolean;
}

/** Writes the side of every code of a split's feature into `sides`, as `RowBlock.divide` reads it. */
export function splitSides({ bucket, isInside }: BucketCut, classes: number, sides: Uint8Array): void {
  const cut = bucket * classes;
  sides.fill(LEFT, 0, cut);
  sides.fill(RIGHT, cut);
  if (isInside) sides.fill(BY_VALUE, cut, cut + classes);
}

/** Writes 0, 1, 2 … count − 1 into `into`. */
export function ascending(count: number, into: Uint32Array): Uint32Array {
  for (let i = 0; i < count; i++) into[i] = i;
  return into;
}

function gathered<T extends Uint16Array | Uint32Array>(
  of: T,
  order: Uint32Array,
  from: number,
  to: number,
  into: T,
): T {
  for (let i = from; i < to; i++) into[i - from] = of[order[i]!]!;
  return into;
}

function countStraight(
  codes: Uint16Array,
  from: number,
  to: number,
  histograms: Uint32Array,
  base: number,
): void {
  for (let blockRow = from; blockRow < to; blockRow++) histograms[base + codes[blockRow]!]!++;
}

function countInOrder(
  codes: Uint16Array,
  order: Uint32Array,
  from: number,
  to: number,
  histograms: Uint32Array,
  base: number,
): void {
  for (let i = from; i < to; i++) histograms[base + codes[order[i]!]!]!++;
}

function pickRare(
  codes: Uint16Array,
  order: Uint32Array,
  from: number,
  to: number,
  isMarked: Uint8Array,
  picked: Uint32Array,
): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const blockRow = order[i]!;
    if (isMarked[codes[blockRow]!] === 1) picked[count++] = blockRow;
  }
  return count;
}

/** Without a branch: where many rows are marked, wrong predictions cost more than the stores that nobody reads. */
function pickMany(
  codes: Uint16Array,
  order: Uint32Array,
  from: number,
  to: number,
  isMarked: Uint8Array,
  picked: Uint32Array,
): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const blockRow = order[i]!;
    picked[count] = blockRow;
    count += isMarked[codes[blockRow]!]!;
  }
  return count;
}

/** Without a branch on the side: the side is as good as random, and a wrong prediction costs more than both stores. */
function divideOrder(
  codes: Uint16Array,
  order: Uint32Array,
  rowIds: Uint32Array,
  from: number,
  to: number,
  sides: Uint8Array,
  column: Float64Array,
  threshold: number,
  scratch: Uint32Array,
): number {
  let leftEnd = from;
  let rightCount = 0;
  for (let i = from; i < to; i++) {
    const blockRow = order[i]!;
    let isLeft = sides[codes[blockRow]!]!;
    if (isLeft === BY_VALUE) isLeft = column[rowIds[blockRow]!]! <= threshold ? LEFT : RIGHT;
    order[leftEnd] = blockRow;
    scratch[rightCount] = blockRow;
    leftEnd += isLeft;
    rightCount += 1 - isLeft;
  }
  order.set(scratch.subarray(0, rightCount), leftEnd);
  return leftEnd;
}

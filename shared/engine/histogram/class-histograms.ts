import type { BinnedRows } from './binned-rows';

/** Rows that are fetched together: about as many cache lines as a core can wait for at once. */
const ROWS_AHEAD = 16;

/**
 * Counts of a node's rows by class, feature and bin: shape [classes, features, binsMax], in rows.
 *
 * Rows come sorted by class (RowLists), so one class is counted after the other. The part of the histogram of one class is
 * small enough for the first-level cache, and the class of a row need not be read.
 */
export class ClassHistograms {
  /** Entries of one class. */
  private readonly classSize: number;
  private readonly size: number;
  private readonly free: Uint32Array[] = [];
  private inUse = 0;
  private readonly inUseMax: number;

  /** Above `bytesMax` bytes in use a leaf gives its histogram back (`mayKeep`) and is counted again when it is split. */
  constructor(
    private readonly binned: BinnedRows,
    private readonly classes: number,
    bytesMax: number,
  ) {
    this.classSize = binned.features * binned.binsMax;
    this.size = classes * this.classSize;
    this.inUseMax = Math.floor(bytesMax / (this.size * Uint32Array.BYTES_PER_ELEMENT));
  }

  /** False when a leaf should give its histogram back: two must stay free for the children of the next split. */
  get mayKeep(): boolean {
    return this.inUse + 2 <= this.inUseMax;
  }

  /** Counts a node's rows, which begin at `list[from]`; `counts` are its rows of each class. */
  count(list: Uint32Array, from: number, counts: Float64Array): Uint32Array {
    const histogram = this.take();
    const { byRow, features, binsMax } = this.binned;
    for (let k = 0, at = from; k < this.classes; k++) {
      const to = at + counts[k]!;
      countRows(byRow, features, list, at, to, histogram, k * this.classSize, binsMax);
      at = to;
    }
    return histogram;
  }

  /** Histogram subtraction: the parent's histogram minus one child's becomes the other child's. */
  subtract(parent: Uint32Array, child: Uint32Array): Uint32Array {
    for (let i = 0; i < parent.length; i++) parent[i]! -= child[i]!;
    return parent;
  }

  release(histogram: Uint32Array | null): void {
    if (histogram === null) return;
    this.inUse--;
    this.free.push(histogram);
  }

  private take(): Uint32Array {
    this.inUse++;
    return this.free.pop()?.fill(0) ?? new Uint32Array(this.size);
  }
}

/**
 * The innermost loop of a fit: one byte, one addition and one increment for each value.
 *
 * A node's rows lie far apart, and while the processor waits for one row it looks no further ahead than that row's
 * increments. So the first and the last value of `ROWS_AHEAD` rows are counted before the values between them, which
 * fetches all these rows at once. This halves the time of counting.
 */
function countRows(
  byRow: Uint8Array,
  features: number,
  list: Uint32Array,
  from: number,
  to: number,
  histogram: Uint32Array,
  base: number,
  binsMax: number,
): void {
  const last = base + (features - 1) * binsMax;
  for (let ahead = from; ahead < to; ahead += ROWS_AHEAD) {
    const end = ahead + ROWS_AHEAD < to ? ahead + ROWS_AHEAD : to;
    for (let i = ahead; i < end; i++) {
      const cell = list[i]! * features;
      histogram[base + byRow[cell]!]!++;
      if (last > base) histogram[last + byRow[cell + features - 1]!]!++;
    }
    for (let i = ahead; i < end; i++) {
      let cell = list[i]! * features + 1;
      for (let at = base + binsMax; at < last; at += binsMax) histogram[at + byRow[cell++]!]!++;
    }
  }
}

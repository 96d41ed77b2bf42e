import type { BinnedRows } from './binned-rows';

/** Rows that are fetched together; about as many cache lines as a core can wait for at a time. */
const ROWS_AHEAD = 16;

/**
 * Counts of a node's rows by class, feature and bin: shape [classes, features, binsMax], in rows.
 *
 * Rows come sorted by class (RowLists), so counting walks one class after the other: its part of the histogram is
 * small enough for the first-level cache, and the class need not be looked up.
 */
export class ClassHistograms {
  /** Entries of one class. */
  private readonly classSize: number;
  private readonly size: number;
  private readonly free: Uint32Array[] = [];
  private inUse = 0;
  private readonly inUseMax: number;

  /** With more than `bytesMax` in use, leaves do without (`mayKeep`) and are counted anew when they are split. */
  constructor(
    private readonly binned: BinnedRows,
    private readonly classes: number,
    bytesMax: number,
  ) {
    this.classSize = binned.features * binned.binsMax;
    this.size = classes * this.classSize;
    this.inUseMax = Math.floor(bytesMax / (this.size * Uint32Array.BYTES_PER_ELEMENT));
  }

  /** False when a leaf should give its histogram back: the two children of some node always need one each. */
  get mayKeep(): boolean {
    return this.inUse + 2 <= this.inUseMax;
  }

  /** Counts the rows `list[from, to)`, of which `counts` says how many there are of each class. */
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

  /** Takes a child's rows out of its parent's histogram, which becomes that of the other child. */
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
 * The innermost loop of a fit: a byte, an addition and an increment a value.
 *
 * A node's rows lie far apart, and a processor that waits for one of them looks no further ahead than the increments
 * of that very row. So the first and the last value of `ROWS_AHEAD` rows are counted before what lies between: that
 * fetches all of these rows at once. It halves the time of counting.
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

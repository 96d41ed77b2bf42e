import type { BinnedRows } from './binned-rows';

/** Histograms in use and in reserve take at most so many bytes; beyond it nodes are counted anew. */
const BYTES_MAX = 128 * 1_048_576;

/**
 * Counts of a node's rows by class, feature and bin: shape [classes, features, binsMax], in rows.
 *
 * Rows come sorted by class (RowLists), so counting walks one class after the other: its part of the histogram is
 * small enough for the first-level cache, and the class need not be looked up.
 */
export class ClassHistograms {
  /** Entries of one class. */
  readonly classSize: number;
  private readonly size: number;
  private readonly free: Uint32Array[] = [];
  private made = 0;
  private readonly madeMax: number;

  constructor(
    private readonly binned: BinnedRows,
    private readonly classes: number,
  ) {
    this.classSize = binned.features * binned.binsMax;
    this.size = classes * this.classSize;
    // Two at least: a node's and its smaller child's.
    this.madeMax = Math.max(2, Math.floor(BYTES_MAX / (4 * this.size)));
  }

  /** False when so many are in use that a node should give back its own rather than keep it. */
  get mayKeep(): boolean {
    return this.free.length > 0 || this.made + 2 <= this.madeMax;
  }

  /** Counts the rows `list[from, to)`, of which `counts` says how many there are of each class. */
  count(list: Uint32Array, from: number, counts: Float64Array): Uint32Array {
    const histogram = this.take();
    const { bins, features, binsMax } = this.binned;
    for (let k = 0, at = from; k < this.classes; k++) {
      const to = at + counts[k]!;
      countRows(bins, features, list, at, to, histogram, k * this.classSize, binsMax);
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
    if (histogram !== null) this.free.push(histogram);
  }

  private take(): Uint32Array {
    const free = this.free.pop();
    if (free !== undefined) return free.fill(0);
    this.made++;
    return new Uint32Array(this.size);
  }
}

/** The innermost loop of a fit: nothing but a byte, an addition and an increment a value. */
function countRows(
  bins: Uint8Array,
  features: number,
  list: Uint32Array,
  from: number,
  to: number,
  histogram: Uint32Array,
  base: number,
  binsMax: number,
): void {
  const end = base + features * binsMax;
  for (let i = from; i < to; i++) {
    let place = list[i]! * features;
    for (let at = base; at < end; at += binsMax) histogram[at + bins[place++]!]!++;
  }
}

import { ValueSort } from './value-sort';

/**
 * An entry is one row of a small subtree as one feature sees it, packed into one 32-bit integer, from the highest bit:
 * the rank of its value among the subtree's distinct values, its number within the subtree, its class. The lists of all
 * features are so small that they fit into the first-level cache together.
 */
export const CLASS_BITS = 8;
export const CLASS_MASK = 255;

/** 11 bits number this many rows; as many ranks above them leave the sign bit alone. */
export const LOCAL_ROWS_MAX = 2_048;
export const ROW_MASK = LOCAL_ROWS_MAX - 1;

export const RANK_SHIFT = 19;
/** Two entries that differ under this mask have another value or another class. */
export const RANK_AND_CLASS_MASK = ~(ROW_MASK << CLASS_BITS);

/** The largest scratch that stays for the next fit: lists and values of forty features, 2,048 rows, 12 bytes each. */
const SPARE_BYTES_MAX = 2 ** 20;
/** A window that grows row by row does not need a new scratch for each row. */
const CAPACITY_MIN = 256;

/** The scratch that stays for the next fit of this thread. `LocalScratch.for` is the only reader and writer. */
const spare: { scratch: LocalScratch | null } = { scratch: null };

/**
 * The arrays that a LocalFit works in. Making them takes a third of the time of fitting 150 rows, so one scratch stays
 * for the next fit. Its contents are valid only until the subtree is done, so several fits may share it as long as each
 * finishes a subtree before another begins one.
 */
export class LocalScratch {
  /** The lists and values of LocalEntries, shape [features, capacity] each; `isUntied` has shape [features]. */
  readonly entries: Int32Array;
  readonly distinct: Float64Array;
  readonly isUntied: Uint8Array;
  /** Indexed by the row's number within the subtree, shape [capacity] each. */
  readonly classes: Uint8Array;
  readonly values: Float64Array;
  readonly bucketOfRow: Uint16Array;
  readonly goesLeft: Uint8Array;
  /** The side of a division that is copied back later, shape [capacity]. */
  readonly sideBuffer: Int32Array;
  /** Shape [buckets] each, and at least [capacity]. */
  bucketSizes: Uint32Array;
  bucketRanks: Int32Array;
  readonly valueSort: ValueSort;
  readonly stack = new LocalStack();

  constructor(
    readonly features: number,
    readonly capacity: number,
  ) {
    this.entries = new Int32Array(features * capacity);
    this.distinct = new Float64Array(features * capacity);
    this.isUntied = new Uint8Array(features);
    this.classes = new Uint8Array(capacity);
    this.values = new Float64Array(capacity);
    this.bucketOfRow = new Uint16Array(capacity);
    this.bucketSizes = new Uint32Array(capacity);
    this.bucketRanks = new Int32Array(capacity);
    this.goesLeft = new Uint8Array(capacity);
    this.sideBuffer = new Int32Array(capacity);
    this.valueSort = new ValueSort(capacity);
  }

  /** A scratch for subtrees of at most `rows` rows: the spare one where it is large enough, else a new one. */
  static for(features: number, rows: number): LocalScratch {
    const { scratch } = spare;
    if (scratch !== null && scratch.features >= features && scratch.capacity >= rows) return scratch;
    const made = new LocalScratch(features, Math.max(rows, CAPACITY_MIN));
    if (made.entries.byteLength + made.distinct.byteLength <= SPARE_BYTES_MAX) spare.scratch = made;
    return made;
  }

  /** Enlarges `bucketSizes` and `bucketRanks` to at least this many buckets. */
  growBuckets(buckets: number): void {
    if (buckets <= this.bucketSizes.length) return;
    this.bucketSizes = new Uint32Array(buckets);
    this.bucketRanks = new Int32Array(buckets);
  }
}

/** Integers of a pending node: from, to, depth, parent. */
const NODE_FIELDS = 4;
/** The most class counts that stay for the next fit: a path of two thousand nodes with thirty classes. */
const SPARE_COUNTS_MAX = 65_536;

/** Nodes that are still to be added to the tree. `pop` writes a node into the fields. The stack grows as needed. */
export class LocalStack {
  from = 0;
  to = 0;
  depth = 0;
  parent = -1;
  /** Rows of each class of the popped node, shape [classes]. */
  counts = new Float64Array(0);
  private fields = new Int32Array(0);
  private pendingCounts = new Float64Array(0);
  private length = 0;

  /** Empties the stack for nodes with this many classes. */
  begin(classes: number): void {
    this.length = 0;
    if (this.pendingCounts.length > SPARE_COUNTS_MAX) this.pendingCounts = new Float64Array(0);
    if (this.counts.length !== classes) this.counts = new Float64Array(classes);
  }

  push(from: number, to: number, depth: number, parent: number, counts: Float64Array): void {
    const at = this.length * NODE_FIELDS;
    const base = this.length * counts.length;
    if (at + NODE_FIELDS > this.fields.length || base + counts.length > this.pendingCounts.length) {
      this.grow();
    }
    const { fields, pendingCounts } = this;
    fields[at] = from;
    fields[at + 1] = to;
    fields[at + 2] = depth;
    fields[at + 3] = parent;
    for (let k = 0; k < counts.length; k++) pendingCounts[base + k] = counts[k]!;
    this.length++;
  }

  /** False when the stack is empty. */
  pop(): boolean {
    if (this.length === 0) return false;
    this.length--;
    const { fields, pendingCounts, counts } = this;
    const at = this.length * NODE_FIELDS;
    const base = this.length * counts.length;
    this.from = fields[at]!;
    this.to = fields[at + 1]!;
    this.depth = fields[at + 2]!;
    this.parent = fields[at + 3]!;
    for (let k = 0; k < counts.length; k++) counts[k] = pendingCounts[base + k]!;
    return true;
  }

  private grow(): void {
    const capacity = Math.max(64, this.length * 2);
    const { fields, pendingCounts } = this;
    const classes = this.counts.length;
    this.fields = new Int32Array(capacity * NODE_FIELDS);
    this.fields.set(fields.subarray(0, this.length * NODE_FIELDS));
    this.pendingCounts = new Float64Array(capacity * classes);
    this.pendingCounts.set(pendingCounts.subarray(0, this.length * classes));
  }
}

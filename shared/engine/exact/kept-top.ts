import type { CodedSplit } from './histogram-search';
import type { KeptRows } from './kept-rows';

/** Lists grow by a quarter, and by so many. */
const LIST_ROWS_SPARE = 64;

/** A node of a kept top: inner ones have both children, leaves the list of their rows. */
export class KeptNode {
  rows = 0;
  /** As HistogramSearch reads them; null where nobody needs them. */
  histograms: Uint32Array | null = null;
  feature = -1;
  threshold = 0;
  left: KeptNode | null = null;
  right: KeptNode | null = null;
  /** The slots of a leaf's rows, in no order; the first `rows` of them count. */
  slots: Uint32Array = new Uint32Array(0);

  constructor(
    /** Rows of each class, shape [classes]. */
    readonly counts: Float64Array,
  ) {}
}

/**
 * The top of a tree with all kept rows in it. Rows that come and go change the counts and histograms on their way down
 * and the lists of their leaves, and nothing else: whether a node's split is still the best one is for others to find.
 */
export class KeptTop {
  readonly root: KeptNode;
  private readonly histogramLength: number;
  /** Where a row stands in its leaf's list, one number a slot. */
  private readonly positions: Uint32Array;
  private readonly aside: Uint32Array;

  constructor(
    private readonly rows: KeptRows,
    bucketsMax: number,
  ) {
    const classes = rows.table.classNames.length;
    this.histogramLength = bucketsMax * classes;
    this.positions = new Uint32Array(rows.slots);
    this.aside = new Uint32Array(rows.slots);
    this.root = new KeptNode(new Float64Array(classes));
  }

  /** Adds rows to a node and to those below it on their way; takes `slots` as scratch. */
  add(slots: Uint32Array, node = this.root): void {
    this.count(slots, node, 1);
    if (node.left !== null && node.right !== null) {
      const lefts = this.divide(slots, node);
      if (lefts > 0) this.add(slots.subarray(0, lefts), node.left);
      if (lefts < slots.length) this.add(slots.subarray(lefts), node.right);
      return;
    }
    const first = node.rows - slots.length;
    if (node.slots.length < node.rows) node.slots = listOf(node.slots.subarray(0, first), node.rows);
    node.slots.set(slots, first);
    this.place(node, first);
  }

  /** Takes rows out of a node that has them and out of those below; takes `slots` as scratch. */
  remove(slots: Uint32Array, node = this.root): void {
    this.count(slots, node, -1);
    if (node.left !== null && node.right !== null) {
      const lefts = this.divide(slots, node);
      if (lefts > 0) this.remove(slots.subarray(0, lefts), node.left);
      if (lefts < slots.length) this.remove(slots.subarray(lefts), node.right);
      return;
    }
    for (let i = 0, end = node.rows + slots.length; i < slots.length; i++) {
      const last = node.slots[--end]!;
      const position = this.positions[slots[i]!]!;
      node.slots[position] = last;
      this.positions[last] = position;
    }
  }

  /** Writes the slots of a node's rows into `into` from `at` on; gives where they end. */
  collect(node: KeptNode, into: Uint32Array, at = 0): number {
    if (node.left !== null && node.right !== null) {
      return this.collect(node.right, into, this.collect(node.left, into, at));
    }
    into.set(node.slots.subarray(0, node.rows), at);
    return at + node.rows;
  }

  /** Gives an inner node another threshold and moves the rows between the two; `slots` are all of the node's rows. */
  moveThreshold(node: KeptNode, threshold: number, slots: Uint32Array): void {
    const { aside } = this;
    const column = this.rows.table.columns[node.feature]!;
    const low = Math.min(threshold, node.threshold);
    const high = Math.max(threshold, node.threshold);
    let count = 0;
    for (let i = 0; i < slots.length; i++) {
      const value = column[slots[i]!]!;
      if (value > low && value <= high) aside[count++] = slots[i]!;
    }
    const moved = aside.slice(0, count);
    const [from, to] = threshold < node.threshold ? [node.left!, node.right!] : [node.right!, node.left!];
    node.threshold = threshold;
    if (count === 0) return;
    this.remove(moved.slice(), from);
    this.add(moved, to);
  }

  /** Gives a node two leaves: its rows are `slots`, the first `lefts` of them on the left of the split. */
  split(node: KeptNode, { feature, threshold, left }: CodedSplit, slots: Uint32Array, lefts: number): void {
    node.feature = feature;
    node.threshold = threshold;
    node.slots = new Uint32Array(0);
    node.left = this.leafOf(left, slots.subarray(0, lefts));
    node.right = this.leafOf(
      node.counts.map((count, k) => count - left[k]!),
      slots.subarray(lefts),
    );
  }

  /** Makes a leaf of an inner node; `slots` are all of its rows. */
  collapse(node: KeptNode, slots: Uint32Array): void {
    node.feature = -1;
    node.left = null;
    node.right = null;
    node.slots = listOf(slots, slots.length);
    this.place(node, 0);
  }

  /** Nodes with histograms. */
  countHistograms(node = this.root): number {
    const below =
      node.left === null || node.right === null
        ? 0
        : this.countHistograms(node.left) + this.countHistograms(node.right);
    return below + (node.histograms === null ? 0 : 1);
  }

  private leafOf(counts: Float64Array, slots: Uint32Array): KeptNode {
    const leaf = new KeptNode(counts);
    leaf.rows = slots.length;
    leaf.slots = listOf(slots, slots.length);
    this.place(leaf, 0);
    return leaf;
  }

  private place({ slots, rows }: KeptNode, from: number): void {
    for (let i = from; i < rows; i++) this.positions[slots[i]!] = i;
  }

  /** All rows of a node before the next node's, so that its histograms stay in the first cache. */
  private count(slots: Uint32Array, node: KeptNode, by: 1 | -1): void {
    const { table, columns } = this.rows;
    const { counts, histograms } = node;
    node.rows += by * slots.length;
    for (let i = 0; i < slots.length; i++) counts[table.classes[slots[i]!]!]! += by;
    if (histograms === null) return;
    for (let feature = 0, base = 0; feature < columns.length; feature++, base += this.histogramLength) {
      const { codes } = columns[feature]!;
      for (let i = 0; i < slots.length; i++) histograms[base + codes[slots[i]!]!]! += by;
    }
  }

  /** Puts the rows of a node's left side first; gives how many they are. */
  private divide(slots: Uint32Array, { feature, threshold }: KeptNode): number {
    const { aside } = this;
    const column = this.rows.table.columns[feature]!;
    let lefts = 0;
    let rights = 0;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      if (column[slot]! <= threshold) slots[lefts++] = slot;
      else aside[rights++] = slot;
    }
    slots.set(aside.subarray(0, rights), lefts);
    return lefts;
  }
}

function listOf(slots: Uint32Array, rows: number): Uint32Array {
  const list = new Uint32Array(Math.ceil(1.25 * rows) + LIST_ROWS_SPARE);
  list.set(slots);
  return list;
}

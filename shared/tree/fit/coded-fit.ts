import type { FitLimits, TrainingSet } from '../training-set';
import type { TreeBuilder } from '../tree-builder';
import type { CodedColumn } from './column-codes';
import { type CodedSplit, HistogramSearch } from './histogram-search';
import { LocalFit } from './local-fit';
import { ascending, goesOn } from './node-rows';
import { PresortedFit } from './presorted-fit';
import { BY_VALUE, LEFT, RIGHT, RowBlock } from './row-block';
import type { Subtree } from './subtrees';
import type { FitTuning } from './tuning';

/** A node this many times smaller than its block gets a block of its own. */
const COPY_FACTOR = 4;
/** Histograms that wait for their node; others are counted again when their node's turn comes. */
const KEPT_HISTOGRAMS_MAX = 64;

/** A node whose rows are the range [from, to) of its block's places, still to be added to the tree. */
interface PendingNode {
  readonly block: RowBlock;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly parent: number;
  readonly counts: Float64Array;
  /** Null where they are still to be counted. */
  readonly histograms: Uint32Array | null;
}

/** Fits trees on many rows: large nodes by class histograms of coded columns, the others as they are best done. */
export class CodedFit {
  private readonly search: HistogramSearch;
  private readonly classes: number;
  private readonly bucketsMax: number;
  private readonly sides: Uint8Array;
  private readonly aside: Uint32Array;
  private readonly numbers: Uint32Array;
  private readonly local: LocalFit;
  private readonly presorted: PresortedFit;
  private readonly freeHistograms: Uint32Array[] = [];
  private keptHistograms = 0;

  constructor(
    private readonly rows: TrainingSet,
    private readonly columns: readonly CodedColumn[],
    private readonly weights: Uint32Array | null,
    private readonly limits: FitLimits,
    private readonly builder: TreeBuilder,
    private readonly tuning: FitTuning,
  ) {
    this.classes = rows.classNames.length;
    this.bucketsMax = Math.max(...columns.map(({ buckets }) => buckets));
    this.search = new HistogramSearch(
      rows,
      columns,
      limits.minLeafRows,
      this.bucketsMax,
      tuning.undecidedShareMax,
    );
    this.local = new LocalFit(rows, weights, limits, builder);
    this.presorted = new PresortedFit(rows, limits, builder, this.local, tuning.localRowsMax);
    this.numbers = new Uint32Array(tuning.localRowsMax);
    this.sides = new Uint8Array(this.bucketsMax * this.classes);
    this.aside = new Uint32Array(rows.rowCount + 1);
  }

  /**
   * Adds the tree of all rows, whose classes are `counts`. Nodes of at most `subtreeRowsMax` rows stay leaves for now and
   * are put on the list of `subtrees`.
   */
  fit(counts: Float64Array, subtreeRowsMax = 0, subtrees: Subtree[] = []): void {
    const block = new RowBlock(
      this.columns.map(({ codes }) => codes),
      ascending(this.rows.rowCount),
      this.weights,
    );
    this.growAll(block, 0, counts, (node) => {
      if (node.to - node.from > subtreeRowsMax || !goesOn(node.counts, node.depth, this.limits)) return false;
      subtrees.push(this.deferred(node));
      return true;
    });
  }

  /** Adds the tree of some of the rows. */
  fitRows({ numbers, depth, counts }: Pick<Subtree, 'numbers' | 'depth' | 'counts'>): void {
    const codes = this.columns.map((column) => gatherCodes(column.codes, numbers));
    this.growAll(new RowBlock(codes, numbers, null), depth, counts, () => false);
  }

  private growAll(
    block: RowBlock,
    depth: number,
    counts: Float64Array,
    defer: (node: PendingNode) => boolean,
  ): void {
    const pending: PendingNode[] = [
      { block, from: 0, to: block.size, depth, parent: -1, counts, histograms: null },
    ];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (next.histograms !== null) this.keptHistograms--;
      if (defer(next)) this.release(next.histograms);
      else if (next.to - next.from <= this.tuning.localRowsMax) this.fitLocally(next);
      else this.grow(next, pending);
    }
  }

  private deferred({ block, from, to, depth, parent, counts }: PendingNode): Subtree {
    const numbers = new Uint32Array(to - from);
    block.numbersOf(from, to, numbers);
    return { node: this.builder.addLeaf(parent, counts), numbers, depth, counts };
  }

  private fitLocally({ block, from, to, depth, parent, counts, histograms }: PendingNode): void {
    this.release(histograms);
    if (!goesOn(counts, depth, this.limits)) {
      this.builder.addLeaf(parent, counts);
      return;
    }
    block.numbersOf(from, to, this.numbers);
    const { columns } = this;
    this.local.fit(this.numbers, to - from, depth, parent, counts, { columns, block, from });
  }

  private grow(pendingNode: PendingNode, pending: PendingNode[]): void {
    const { depth, parent, counts } = pendingNode;
    if (!goesOn(counts, depth, this.limits)) {
      this.builder.addLeaf(parent, counts);
      this.release(pendingNode.histograms);
      return;
    }
    const { block, from, to } = this.ownBlock(pendingNode);
    const histograms = pendingNode.histograms ?? this.count(block, from, to);
    const split = this.search.find(block, from, to, counts, histograms);
    if (split === 'undecided') {
      this.release(histograms);
      const numbers = new Uint32Array(to - from);
      block.numbersOf(from, to, numbers);
      this.presorted.fit(numbers, depth, parent, counts);
      return;
    }
    const node = this.builder.addLeaf(parent, counts);
    if (split === null) {
      this.release(histograms);
      return;
    }
    this.builder.split(node, split.feature, split.threshold);
    const right = counts.map((count, k) => count - split.left[k]!);
    const leftGoesOn = goesOn(split.left, depth + 1, this.limits);
    const rightGoesOn = goesOn(right, depth + 1, this.limits);
    const middle = leftGoesOn || rightGoesOn ? this.divide(block, from, to, split) : from;
    const [ofLeft, ofRight] = this.childHistograms(
      block,
      from,
      middle,
      to,
      leftGoesOn,
      rightGoesOn,
      histograms,
    );
    const below = { block, depth: depth + 1, parent: node };
    // The left child goes on last, so it comes off first and its whole subtree stands before the right child.
    pending.push({ ...below, from: middle, to, counts: right, histograms: ofRight });
    pending.push({ ...below, from, to: middle, counts: split.left, histograms: ofLeft });
  }

  private ownBlock({ block, from, to }: PendingNode): { block: RowBlock; from: number; to: number } {
    if ((to - from) * COPY_FACTOR > block.size) return { block, from, to };
    return { block: block.copy(from, to), from: 0, to: to - from };
  }

  private divide(block: RowBlock, from: number, to: number, split: CodedSplit): number {
    const cut = split.bucket * this.classes;
    this.sides.fill(LEFT, 0, cut);
    this.sides.fill(RIGHT, cut);
    if (split.isInside) this.sides.fill(BY_VALUE, cut, cut + this.classes);
    const column = this.rows.columns[split.feature]!;
    return block.divide(split.feature, from, to, this.sides, column, split.threshold, this.aside);
  }

  /** Only the smaller child is counted; what the parent has beyond it is the larger one's. */
  private childHistograms(
    block: RowBlock,
    from: number,
    middle: number,
    to: number,
    leftGoesOn: boolean,
    rightGoesOn: boolean,
    histograms: Uint32Array,
  ): [Uint32Array | null, Uint32Array | null] {
    const leftIsLarge = leftGoesOn && middle - from > this.tuning.localRowsMax;
    const rightIsLarge = rightGoesOn && to - middle > this.tuning.localRowsMax;
    if ((!leftIsLarge && !rightIsLarge) || this.keptHistograms + 2 > KEPT_HISTOGRAMS_MAX) {
      this.release(histograms);
      return [null, null];
    }
    const leftIsSmaller = middle - from < to - middle;
    const smaller = leftIsSmaller ? this.count(block, from, middle) : this.count(block, middle, to);
    subtract(histograms, smaller);
    const left = this.keep(leftIsSmaller ? smaller : histograms, leftIsLarge);
    const right = this.keep(leftIsSmaller ? histograms : smaller, rightIsLarge);
    return [left, right];
  }

  private keep(histograms: Uint32Array, isNeeded: boolean): Uint32Array | null {
    if (isNeeded) {
      this.keptHistograms++;
      return histograms;
    }
    this.release(histograms);
    return null;
  }

  private count(block: RowBlock, from: number, to: number): Uint32Array {
    const length = this.bucketsMax * this.classes;
    const free = this.freeHistograms.pop();
    const histograms = free?.fill(0) ?? new Uint32Array(this.columns.length * length);
    for (let feature = 0; feature < this.columns.length; feature++) {
      block.countCodes(feature, from, to, histograms, feature * length);
    }
    return histograms;
  }

  private release(histograms: Uint32Array | null): void {
    if (histograms !== null) this.freeHistograms.push(histograms);
  }
}

function gatherCodes(codes: Uint16Array, numbers: Uint32Array): Uint16Array {
  const gathered = new Uint16Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) gathered[i] = codes[numbers[i]!]!;
  return gathered;
}

function subtract(from: Uint32Array, what: Uint32Array): void {
  for (let i = 0; i < from.length; i++) from[i]! -= what[i]!;
}

import type { TreeBuilder } from '../../tree/tree-builder';
import { type FitLimits, isSplittable, type TrainingSet } from '../training-set';
import type { CodedColumn } from './column-codes';
import { type CodedSplit, HistogramSearch } from './histogram-search';
import { LocalFit } from './local-fit';
import { PresortedFit } from './presorted-fit';
import { ascending, RowBlock, splitSides } from './row-block';
import { COPY_FACTOR, type ScratchArena } from './scratch-arena';
import type { FitTuning } from './tuning';

/** Histograms that may wait for their node at a time. A node without one is counted again when it is taken. */
const WAITING_HISTOGRAMS_MAX = 64;

/** A part of a tree that is still to be fitted. Its tree depends on nothing but its rows. */
export interface Subtree {
  /** The leaf of the top tree that it replaces. */
  readonly node: number;
  /** The ids of its rows, shape [rows]. */
  readonly rowIds: Uint32Array;
  readonly depth: number;
  /** Its rows of each class, shape [classes]. */
  readonly counts: Float64Array;
}

/** A node that is still to be added to the tree. Its rows are the range [from, to) of its block's order. */
interface PendingNode {
  readonly block: RowBlock;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly parent: number;
  readonly counts: Float64Array;
  /** One for each feature, one after the other; null where they are still to be counted. */
  readonly histograms: Uint32Array | null;
}

/**
 * Fits trees on many rows. Large nodes are searched by class histograms of coded columns (HistogramSearch), nodes of at most
 * `localRowsMax` rows by LocalFit, and nodes that histograms leave undecided by PresortedFit.
 */
export class CodedFit {
  private readonly search: HistogramSearch;
  private readonly classes: number;
  private readonly bucketsMax: number;
  private readonly sides: Uint8Array;
  private scratch: Uint32Array = new Uint32Array(0);
  private readonly rowIds: Uint32Array;
  private readonly local: LocalFit;
  private readonly presorted: PresortedFit;
  private readonly freeHistograms: Uint32Array[] = [];
  private waitingHistograms = 0;

  constructor(
    private readonly rows: TrainingSet,
    private readonly columns: readonly CodedColumn[],
    private readonly limits: FitLimits,
    private readonly builder: TreeBuilder,
    private readonly tuning: FitTuning,
    private readonly arena: ScratchArena,
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
    this.local = new LocalFit(rows, limits, builder);
    this.presorted = new PresortedFit(rows, limits, builder, this.local, tuning.localRowsMax);
    this.rowIds = new Uint32Array(tuning.localRowsMax);
    this.sides = new Uint8Array(this.bucketsMax * this.classes);
  }

  /**
   * Adds the tree of all rows; `counts` are their classes. Nodes of at most `subtreeRowsMax` rows stay leaves for now and
   * are appended to `subtrees`. Only the row ids of these subtrees stay in the arena.
   */
  fit(counts: Float64Array, subtreeRowsMax = 0, subtrees: Subtree[] = []): void {
    const { arena } = this;
    const { rowCount } = this.rows;
    const deferred = arena.uint32(subtreeRowsMax === 0 ? 0 : rowCount);
    let deferredRows = 0;
    const checkpoint = arena.checkpoint();
    const codes = this.columns.map((column) => column.codes);
    const rowIds = ascending(rowCount, arena.uint32(rowCount));
    this.scratch = arena.uint32(rowCount + 1);
    const block = new RowBlock(codes, rowIds, arena);
    this.growAll(rootOf(block, 0, -1, counts), (node) => {
      const { block, from, to, depth, parent, counts } = node;
      if (to - from > subtreeRowsMax || !isSplittable(counts, depth, this.limits)) return false;
      const ofNode = deferred.subarray(deferredRows, deferredRows + to - from);
      deferredRows += to - from;
      block.writeRowIds(from, to, ofNode);
      subtrees.push({ node: this.builder.addLeaf(parent, counts), rowIds: ofNode, depth, counts });
      return true;
    });
    arena.release(checkpoint);
  }

  /** Adds the tree of some of the rows below `parent`. Releases all that it takes of the arena. */
  fitRows({ rowIds, depth, counts }: Pick<Subtree, 'rowIds' | 'depth' | 'counts'>, parent = -1): void {
    const { arena } = this;
    const checkpoint = arena.checkpoint();
    const codes = this.columns.map((column) =>
      gatherCodes(column.codes, rowIds, arena.uint16(rowIds.length)),
    );
    this.scratch = arena.uint32(rowIds.length + 1);
    const block = new RowBlock(codes, rowIds, arena);
    this.growAll(rootOf(block, depth, parent, counts), () => false);
    arena.release(checkpoint);
  }

  private growAll(root: PendingNode, defer: (node: PendingNode) => boolean): void {
    const pending = [root];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (next.histograms !== null) this.waitingHistograms--;
      // Nodes come depth first, so all copies of this node's block belong to finished subtrees.
      this.arena.release(next.block.checkpoint);
      if (defer(next)) this.recycle(next.histograms);
      else if (next.to - next.from <= this.tuning.localRowsMax) this.fitLocally(next);
      else this.grow(next, pending);
    }
  }

  private fitLocally({ block, from, to, depth, parent, counts, histograms }: PendingNode): void {
    this.recycle(histograms);
    if (!isSplittable(counts, depth, this.limits)) {
      this.builder.addLeaf(parent, counts);
      return;
    }
    block.writeRowIds(from, to, this.rowIds);
    const { columns } = this;
    this.local.fit(this.rowIds, to - from, depth, parent, counts, { columns, block, from });
  }

  private grow(pendingNode: PendingNode, pending: PendingNode[]): void {
    const { depth, parent, counts } = pendingNode;
    if (!isSplittable(counts, depth, this.limits)) {
      this.builder.addLeaf(parent, counts);
      this.recycle(pendingNode.histograms);
      return;
    }
    const { block, from, to } = this.ownBlock(pendingNode);
    const histograms = pendingNode.histograms ?? this.count(block, from, to);
    const split = this.search.find(block, from, to, counts, histograms);
    if (split === 'undecided') {
      this.recycle(histograms);
      const rowIds = new Uint32Array(to - from);
      block.writeRowIds(from, to, rowIds);
      this.presorted.fit(rowIds, depth, parent, counts);
      return;
    }
    const node = this.builder.addLeaf(parent, counts);
    if (split === null) {
      this.recycle(histograms);
      return;
    }
    this.builder.split(node, split.feature, split.threshold);
    const right = counts.map((count, k) => count - split.left[k]!);
    const isLeftSplittable = isSplittable(split.left, depth + 1, this.limits);
    const isRightSplittable = isSplittable(right, depth + 1, this.limits);
    const middle = isLeftSplittable || isRightSplittable ? this.divide(block, from, to, split) : from;
    const [ofLeft, ofRight] = this.childHistograms(
      block,
      from,
      middle,
      to,
      isLeftSplittable,
      isRightSplittable,
      histograms,
    );
    const below = { block, depth: depth + 1, parent: node };
    // The left child is pushed last and so popped first: its whole subtree stands before the right child.
    pending.push({ ...below, from: middle, to, counts: right, histograms: ofRight });
    pending.push({ ...below, from, to: middle, counts: split.left, histograms: ofLeft });
  }

  private ownBlock({ block, from, to }: PendingNode): { block: RowBlock; from: number; to: number } {
    if ((to - from) * COPY_FACTOR > block.size) return { block, from, to };
    return { block: block.copy(from, to), from: 0, to: to - from };
  }

  private divide(block: RowBlock, from: number, to: number, split: CodedSplit): number {
    splitSides(split, this.classes, this.sides);
    const column = this.rows.columns[split.feature]!;
    return block.divide(split.feature, from, to, this.sides, column, split.threshold, this.scratch);
  }

  /** Histogram subtraction: only the smaller child is counted, and the parent's histogram minus it is the larger child's. */
  private childHistograms(
    block: RowBlock,
    from: number,
    middle: number,
    to: number,
    isLeftSplittable: boolean,
    isRightSplittable: boolean,
    histograms: Uint32Array,
  ): [Uint32Array | null, Uint32Array | null] {
    const leftIsLarge = isLeftSplittable && middle - from > this.tuning.localRowsMax;
    const rightIsLarge = isRightSplittable && to - middle > this.tuning.localRowsMax;
    if ((!leftIsLarge && !rightIsLarge) || this.waitingHistograms + 2 > WAITING_HISTOGRAMS_MAX) {
      this.recycle(histograms);
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
      this.waitingHistograms++;
      return histograms;
    }
    this.recycle(histograms);
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

  private recycle(histograms: Uint32Array | null): void {
    if (histograms !== null) this.freeHistograms.push(histograms);
  }
}

function rootOf(block: RowBlock, depth: number, parent: number, counts: Float64Array): PendingNode {
  return { block, from: 0, to: block.size, depth, parent, counts, histograms: null };
}

function gatherCodes(codes: Uint16Array, rowIds: Uint32Array, into: Uint16Array): Uint16Array {
  for (let i = 0; i < rowIds.length; i++) into[i] = codes[rowIds[i]!]!;
  return into;
}

function subtract(parent: Uint32Array, child: Uint32Array): void {
  for (let i = 0; i < parent.length; i++) parent[i]! -= child[i]!;
}

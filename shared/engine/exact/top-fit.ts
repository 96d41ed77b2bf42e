import type { Tree } from '../../tree/tree';
import { TreeBuilder } from '../../tree/tree-builder';
import type { FitLimits } from '../training-set';
import { CodedFit } from './coded-fit';
import { FitRoom } from './fit-room';
import { type CodedSplit, HistogramSearch } from './histogram-search';
import type { KeptRows } from './kept-rows';
import { type KeptNode, KeptTop } from './kept-top';
import { RowBlock, splitSides } from './row-block';
import { ascending, goesOn } from './split-node-rows';
import type { FitTuning } from './tuning';

/** What the histograms of a top may take; nodes below are fitted anew each time. */
const HISTOGRAM_BYTES_MAX = 16 * 2 ** 20;
/** A top may be as deep as it has nodes, and it is walked by recursion. */
const TOP_NODES_MAX = 1_024;

/**
 * Fits the tree of kept rows with the top of the last one at hand. The best split of each of its nodes is searched anew,
 * by histograms that are up to date. Most often it is the split of before, perhaps with a threshold that a few rows lie
 * beyond, and then the rows below are where they belong already. Otherwise the node's rows are divided again.
 */
export class TopFit {
  private readonly top: KeptTop;
  private readonly search: HistogramSearch;
  private readonly histogramLength: number;
  private readonly topNodesMax: number;
  private readonly room: FitRoom;
  /** Of all slots; the rows of the node at hand are the first of its places. */
  private readonly block: RowBlock;
  private readonly aside: Uint32Array;
  private readonly sides: Uint8Array;

  constructor(
    private readonly rows: KeptRows,
    private readonly limits: FitLimits,
    private readonly tuning: FitTuning,
  ) {
    const { columns, table, slots } = rows;
    const bucketsMax = Math.max(...columns.map(({ buckets }) => buckets));
    this.histogramLength = bucketsMax * table.classNames.length;
    this.topNodesMax = Math.min(
      TOP_NODES_MAX,
      HISTOGRAM_BYTES_MAX / (4 * columns.length * this.histogramLength),
    );
    this.top = new KeptTop(rows, bucketsMax);
    const { undecidedShareMax } = tuning;
    this.search = new HistogramSearch(table, columns, limits.minLeafRows, bucketsMax, undecidedShareMax);
    this.room = FitRoom.of(slots, columns.length);
    const lists = new FitRoom(new ArrayBuffer(4 * slots + 8));
    const codes = columns.map((column) => column.codes);
    this.block = new RowBlock(codes, ascending(slots), null, lists, false);
    this.aside = new Uint32Array(slots + 1);
    this.sides = new Uint8Array(this.histogramLength);
  }

  /** Rows that came, by their slots. */
  add(slots: Uint32Array): void {
    this.top.add(slots.slice());
  }

  /** Rows that are gone, while their slots still hold them. */
  remove(slots: Uint32Array): void {
    this.top.remove(slots.slice());
  }

  /** The tree of all rows. */
  fit(): Tree {
    const { table, columns } = this.rows;
    const builder = new TreeBuilder(table.featureNames, table.classNames);
    const subtrees = new CodedFit(table, columns, null, this.limits, builder, this.tuning, this.room);
    this.grow(this.top.root, 0, -1, builder, subtrees);
    return builder.finish();
  }

  private grow(
    node: KeptNode,
    depth: number,
    parent: number,
    builder: TreeBuilder,
    subtrees: CodedFit,
  ): void {
    const { counts } = node;
    if (!this.settle(node, depth)) {
      if (!goesOn(counts, depth, this.limits)) builder.addLeaf(parent, counts);
      else subtrees.fitRows({ numbers: node.slots.subarray(0, node.rows), depth, counts }, parent);
      return;
    }
    const place = builder.addLeaf(parent, counts);
    builder.split(place, node.feature, node.threshold);
    this.grow(node.left!, depth + 1, place, builder, subtrees);
    this.grow(node.right!, depth + 1, place, builder, subtrees);
  }

  /** Makes a node what it is in the new tree: an inner one of the top with its split (true), or a leaf of the top. */
  private settle(node: KeptNode, depth: number): boolean {
    const isLarge = this.isLarge(node, depth);
    if (!isLarge) node.histograms = null;
    if (!isLarge && node.left === null) return false;
    const slots = this.slotsOf(node);
    const split = isLarge ? this.find(node) : null;
    if (split !== null && node.feature === split.feature) {
      if (node.threshold !== split.threshold) this.top.moveThreshold(node, split.threshold, slots);
      return true;
    }
    if (node.left !== null) this.top.collapse(node, slots);
    if (split === null || this.top.countHistograms() >= this.topNodesMax) return false;
    this.divide(node, depth, split);
    return true;
  }

  private isLarge({ rows, counts }: KeptNode, depth: number): boolean {
    return rows > this.tuning.localRowsMax && goesOn(counts, depth, this.limits);
  }

  /** The best split; null where there is none, or where the subtree is better fitted as a whole. */
  private find(node: KeptNode): CodedSplit | null {
    node.histograms ??= this.count(0, node.rows);
    const split = this.search.find(this.block, 0, node.rows, node.counts, node.histograms);
    return split === 'undecided' ? null : split;
  }

  /** Divides the rows of the node at hand, and gives its children the histograms that they need. */
  private divide(node: KeptNode, depth: number, split: CodedSplit): void {
    const { block, sides } = this;
    const column = this.rows.table.columns[split.feature]!;
    splitSides(split, this.rows.table.classNames.length, sides);
    const middle = block.divide(split.feature, 0, node.rows, sides, column, split.threshold, this.aside);
    this.top.split(node, split, block.places.subarray(0, node.rows), middle);
    const [left, right] = [node.left!, node.right!];
    const leftIsLarge = this.isLarge(left, depth + 1);
    const rightIsLarge = this.isLarge(right, depth + 1);
    if (!leftIsLarge && !rightIsLarge) return;
    const leftIsSmaller = middle < node.rows - middle;
    const smaller = leftIsSmaller ? this.count(0, middle) : this.count(middle, node.rows);
    const larger = node.histograms!.map((count, i) => count - smaller[i]!);
    if (leftIsLarge) left.histograms = leftIsSmaller ? smaller : larger;
    if (rightIsLarge) right.histograms = leftIsSmaller ? larger : smaller;
  }

  private count(from: number, to: number): Uint32Array {
    const { columns } = this.rows;
    const histograms = new Uint32Array(columns.length * this.histogramLength);
    for (let feature = 0; feature < columns.length; feature++) {
      this.block.countCodes(feature, from, to, histograms, feature * this.histogramLength);
    }
    return histograms;
  }

  private slotsOf(node: KeptNode): Uint32Array {
    const { places } = this.block;
    return places.subarray(0, this.top.collect(node, places));
  }
}

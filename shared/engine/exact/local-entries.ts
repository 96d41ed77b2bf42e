import type { TrainingSet } from '../training-set';
import { type CodedNode, LocalRanks } from './local-ranks';
import type { LocalScratch } from './local-scratch';
import { CLASS_BITS, CLASS_MASK, ROW_MASK } from './local-scratch';

/** The rows of a small subtree as entries, one list for each feature in order of value. Rows are numbered within the subtree. */
export class LocalEntries {
  readonly features: number;
  /** The list of feature f begins at f × stride. */
  readonly stride: number;
  /** One list after the other, shape [features, stride]. */
  readonly entries: Int32Array;
  /** The values that ranks stand for, shape [features, stride]. */
  readonly distinct: Float64Array;
  /** 1 for features on which no two rows are equal. */
  readonly isUntied: Uint8Array;
  private readonly ranks: LocalRanks;

  constructor(
    private readonly rows: TrainingSet,
    private readonly scratch: LocalScratch,
  ) {
    this.features = rows.columns.length;
    this.stride = scratch.capacity;
    this.entries = scratch.entries;
    this.distinct = scratch.distinct;
    this.isUntied = scratch.isUntied;
    this.ranks = new LocalRanks(rows, scratch);
  }

  /** Takes `count` rows by their ids; null stands for the first rows of the set. */
  load(rowIds: Uint32Array | null, count: number, coded: CodedNode | null): void {
    const { classes } = this.rows;
    for (let row = 0; row < count; row++) {
      this.scratch.classes[row] = classes[rowIds === null ? row : rowIds[row]!]!;
    }
    for (let feature = 0; feature < this.features; feature++) {
      this.ranks.list(feature, rowIds, count, coded);
    }
  }

  /** Marks the rows of [from, position) in one list as left ones and counts their classes into `left`. */
  markLeft(feature: number, from: number, position: number, left: Float64Array): void {
    const { entries, stride } = this;
    const { goesLeft } = this.scratch;
    const base = feature * stride;
    left.fill(0);
    for (let at = base + from; at < base + position; at++) {
      const entry = entries[at]!;
      goesLeft[(entry >> CLASS_BITS) & ROW_MASK] = 1;
      left[entry & CLASS_MASK]!++;
    }
  }

  /**
   * Divides the range [from, to) of every list but the split feature's: the rows before `position` in that feature's list,
   * which are marked as left ones, come first. Each side stays sorted by value. A side that is not needed may be left in
   * pieces.
   */
  divide(
    from: number,
    to: number,
    splitFeature: number,
    position: number,
    needsLeft: boolean,
    needsRight: boolean,
  ): void {
    const { entries, stride } = this;
    const { goesLeft } = this.scratch;
    const base = splitFeature * stride;
    for (let i = position; i < to; i++) goesLeft[(entries[base + i]! >> CLASS_BITS) & ROW_MASK] = 0;
    // One side is packed in its list. The other waits in the side buffer and costs a second copy, so it is the smaller one.
    const packsLeft = needsLeft && (!needsRight || to - position <= position - from);
    for (let feature = 0; feature < this.features; feature++) {
      if (feature === splitFeature) continue;
      const start = feature * stride;
      if (packsLeft) this.packLeft(start + from, start + to, needsRight);
      else this.packRight(start + from, start + to, needsLeft);
    }
  }

  /** Without a branch on the side: the side is as good as random, and a wrong prediction costs more than both stores. */
  private packLeft(from: number, to: number, needsRight: boolean): void {
    const { entries } = this;
    const { goesLeft, sideBuffer } = this.scratch;
    let leftEnd = from;
    for (let at = from; at < to; at++) {
      const entry = entries[at]!;
      entries[leftEnd] = entry;
      sideBuffer[at - leftEnd] = entry;
      leftEnd += goesLeft[(entry >> CLASS_BITS) & ROW_MASK]!;
    }
    if (needsRight) for (let at = leftEnd; at < to; at++) entries[at] = sideBuffer[at - leftEnd]!;
  }

  /** The same from the right end, so the entries in the side buffer stand in reverse. */
  private packRight(from: number, to: number, needsLeft: boolean): void {
    const { entries } = this;
    const { goesLeft, sideBuffer } = this.scratch;
    let nextRight = to - 1;
    for (let at = to - 1; at >= from; at--) {
      const entry = entries[at]!;
      entries[nextRight] = entry;
      sideBuffer[nextRight - at] = entry;
      nextRight += goesLeft[(entry >> CLASS_BITS) & ROW_MASK]! - 1;
    }
    if (needsLeft) for (let at = nextRight; at >= from; at--) entries[at] = sideBuffer[nextRight - at]!;
  }
}

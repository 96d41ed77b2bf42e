import type { TrainingSet } from '../training-set';
import { type CodedNode, LocalRanks } from './local-ranks';
import type { LocalScratch } from './local-scratch';
import { CLASS_BITS, CLASS_MASK, ROW_MASK } from './local-scratch';

/** The rows of a small subtree, for every feature in order of value, as entries. Rows are numbered within the subtree. */
export class LocalEntries {
  readonly features: number;
  /** Where the list of feature f begins: f × stride. */
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

  /** Takes `count` rows, given by their rowIds; null for the first ones of the set. */
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
   * Puts the rows of [from, to) that are marked as left ones, those before `position` in their list, first in all others;
   * each side stays sorted by value. A side that nobody goes on with may be left in pieces.
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
    // The side that stays in its list is packed towards its end, the other one waits sideBuffer and costs a second copy.
    const packsLeft = needsLeft && (!needsRight || to - position <= position - from);
    for (let feature = 0; feature < this.features; feature++) {
      if (feature === splitFeature) continue;
      const start = feature * stride;
      if (packsLeft) this.packLeft(start + from, start + to, needsRight);
      else this.packRight(start + from, start + to, needsLeft);
    }
  }

  /** Without a branch on the side: it is as good as random, and a wrong guess costs more than both stores. */
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

  /** The same from the right end, so that what waits sideBuffer stands in reverse. */
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

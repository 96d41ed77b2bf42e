import { thresholdBetween } from '../split-score';
import type { TrainingSet } from '../training-set';
import type { CodedColumn } from './column-codes';
import { BucketBound, LeftSide } from './cut-score';
import type { BucketCut, RowBlock } from './row-block';
import { ValueSort } from './value-sort';

/** A score is a sum of two rounded quotients, so a bucket is dropped only when its bound is lower by more than rounding. */
const BOUND_SLACK = 1 - 1e-12;

/** The split of a coded node. */
export interface CodedSplit extends BucketCut {
  readonly feature: number;
  readonly threshold: number;
  /** Class counts on the left, in rows; shape [classes]. */
  readonly left: Float64Array;
}

/**
 * Finds the best split of a large node without sorting it (the idea of CLOUDS; Alsabti, Ranka and Singh, 1998, made
 * exact). The class histogram of a column's buckets gives the exact score at every boundary between buckets. An upper bound
 * on the cuts inside a bucket (BucketBound) tells whether the bucket's rows must be sorted. Few buckets must.
 */
export class HistogramSearch {
  private readonly classes: number;
  private readonly left: LeftSide;
  private readonly bound = new BucketBound();
  /** 1 for the codes of the current feature whose bucket might hold the best cut. */
  private readonly isUndecided: Uint8Array;
  private undecidedRows = new UndecidedRows(1_024);
  private readonly bestLeft: Float64Array;
  private bestScore = 0;
  private bestFeature = -1;
  private bestBucket = 0;
  private bestLeftRows = 0;
  private isInside = false;
  private threshold = 0;

  constructor(
    private readonly rows: TrainingSet,
    private readonly columns: readonly CodedColumn[],
    private readonly minLeafRows: number,
    private readonly bucketsMax: number,
    private readonly undecidedShareMax: number,
  ) {
    this.classes = rows.classNames.length;
    this.left = new LeftSide(this.classes);
    this.bestLeft = new Float64Array(this.classes);
    this.isUndecided = new Uint8Array(bucketsMax * this.classes);
  }

  /** The best split; null when there is none; `undecided` when so many rows must be sorted that presorting is faster. */
  find(
    block: RowBlock,
    from: number,
    to: number,
    counts: Float64Array,
    histograms: Uint32Array,
  ): CodedSplit | 'undecided' | null {
    this.left.enter(counts);
    this.bestScore = Number.NEGATIVE_INFINITY;
    this.bestFeature = -1;
    for (let feature = 0; feature < this.columns.length; feature++) this.scoreBoundaries(feature, histograms);
    if (!this.refineAll(block, from, to, histograms)) return 'undecided';
    if (this.bestFeature < 0) return null;
    if (!this.isInside) this.threshold = this.thresholdAtBoundary(block, from, to, histograms);
    return {
      feature: this.bestFeature,
      bucket: this.bestBucket,
      isInside: this.isInside,
      threshold: this.threshold,
      left: this.bestLeft.slice(),
    };
  }

  /** Where a feature's histogram begins. */
  private base(feature: number): number {
    return feature * this.bucketsMax * this.classes;
  }

  private scoreBoundaries(feature: number, histograms: Uint32Array): void {
    const { left, minLeafRows, classes } = this;
    const { buckets } = this.columns[feature]!;
    const base = this.base(feature);
    let bestBucket = -1;
    let scored = 0;
    left.clear();
    for (let bucket = 0; bucket < buckets; bucket++) {
      left.addBuckets(histograms, base + bucket * classes, 1);
      if (left.rows === scored || left.rows < minLeafRows) continue;
      scored = left.rows;
      if (left.rightRows < minLeafRows) break;
      const score = left.score();
      // Features and values ascend, so the first of equal scores wins.
      if (score > this.bestScore) {
        this.bestScore = score;
        bestBucket = bucket;
      }
    }
    if (bestBucket < 0) return;
    left.clear();
    left.addBuckets(histograms, base, bestBucket + 1);
    this.keep(feature, bestBucket + 1, false);
  }

  private keep(feature: number, bucket: number, isInside: boolean): void {
    this.bestFeature = feature;
    this.bestBucket = bucket;
    this.isInside = isInside;
    this.bestLeftRows = this.left.rows;
    this.bestLeft.set(this.left.counts);
  }

  /** Refines the feature with the best boundary first, since its score is what the others have to reach. */
  private refineAll(block: RowBlock, from: number, to: number, histograms: Uint32Array): boolean {
    const first = this.bestFeature;
    let rowsLeft = this.undecidedShareMax * (to - from) * this.columns.length;
    for (let step = -1; step < this.columns.length; step++) {
      const feature = step < 0 ? first : step;
      if (feature < 0 || step === first) continue;
      const undecided = this.markUndecided(feature, histograms);
      if (undecided === 0) continue;
      rowsLeft -= undecided;
      if (rowsLeft < 0) return false;
      this.refine(feature, block, from, to, undecided, histograms);
    }
    return true;
  }

  /** Marks the codes of the buckets that might hold a better cut and gives the number of their rows. */
  private markUndecided(feature: number, histograms: Uint32Array): number {
    const { left, classes, isUndecided, bound } = this;
    const { buckets, isMixed } = this.columns[feature]!;
    const toReach = this.bestScore * BOUND_SLACK;
    let undecided = 0;
    left.clear();
    for (let bucket = 0, at = this.base(feature); bucket < buckets; bucket++, at += classes) {
      let rows = 0;
      for (let k = 0; k < classes; k++) rows += histograms[at + k]!;
      const isOpen = rows > 1 && isMixed[bucket] === 1 && bound.mayReach(toReach, left, histograms, at);
      if (isOpen) undecided += rows;
      isUndecided.fill(isOpen ? 1 : 0, bucket * classes, (bucket + 1) * classes);
      if (rows > 0) left.addBuckets(histograms, at, 1);
    }
    return undecided;
  }

  /** Sorts the rows of the marked buckets and scores every cut inside each bucket. */
  private refine(
    feature: number,
    block: RowBlock,
    from: number,
    to: number,
    undecided: number,
    histograms: Uint32Array,
  ): void {
    if (this.undecidedRows.capacity < undecided) this.undecidedRows = new UndecidedRows(2 * undecided);
    const { left, classes, undecidedRows } = this;
    const column = this.rows.columns[feature]!;
    const picked = undecidedRows.gather(block, feature, from, to, this.isUndecided, undecided, column);
    const { codes } = undecidedRows;
    const { sorted, order } = undecidedRows.valueSort;
    let bucket = -1;
    for (let i = 0; i < picked; i++) {
      const code = codes[order[i]!]!;
      const own = (code / classes) | 0;
      if (own !== bucket) {
        bucket = own;
        left.clear();
        left.addBuckets(histograms, this.base(feature), bucket);
      } else if (sorted[i]! !== sorted[i - 1]!) {
        this.scoreInside(feature, bucket, sorted[i - 1]!, sorted[i]!);
      }
      left.add(code - own * classes, 1);
    }
  }

  private scoreInside(feature: number, bucket: number, low: number, high: number): void {
    const { left, minLeafRows, bestScore, bestFeature } = this;
    if (left.rows < minLeafRows || left.rightRows < minLeafRows) return;
    const score = left.score();
    if (score < bestScore) return;
    if (score === bestScore) {
      // Ties go to the lower feature, then to the lower threshold, which has fewer rows on its left.
      if (feature > bestFeature) return;
      if (feature === bestFeature && left.rows >= this.bestLeftRows) return;
    }
    this.bestScore = score;
    this.threshold = thresholdBetween(low, high);
    this.keep(feature, bucket, true);
  }

  /** The threshold between the highest value before the cut and the lowest value after it. */
  private thresholdAtBoundary(block: RowBlock, from: number, to: number, histograms: Uint32Array): number {
    const { bestFeature, classes } = this;
    const { edges, isMixed } = this.columns[bestFeature]!;
    const base = this.base(bestFeature);
    let low = this.bestBucket - 1;
    while (isEmpty(histograms, base + low * classes, classes)) low--;
    let high = this.bestBucket;
    while (isEmpty(histograms, base + high * classes, classes)) high++;
    if (isMixed[low] === 0 && isMixed[high] === 0) return thresholdBetween(edges[low]!, edges[high]!);
    const column = this.rows.columns[bestFeature]!;
    return block.thresholdBetweenBuckets(bestFeature, from, to, low, high, column, classes);
  }
}

function isEmpty(histograms: Uint32Array, at: number, classes: number): boolean {
  for (let k = 0; k < classes; k++) if (histograms[at + k] !== 0) return false;
  return true;
}

/** Scratch for the rows of undecided buckets, which have to be sorted. */
class UndecidedRows {
  readonly codes: Uint16Array;
  readonly valueSort: ValueSort;
  private readonly values: Float64Array;
  private readonly pickedRows: Uint32Array;

  constructor(readonly capacity: number) {
    this.codes = new Uint16Array(capacity);
    this.values = new Float64Array(capacity);
    this.pickedRows = new Uint32Array(capacity + 1);
    this.valueSort = new ValueSort(capacity);
  }

  /** Picks the rows whose code is marked, at most `pickedMax`, sorts them by value and gives their number. */
  gather(
    block: RowBlock,
    feature: number,
    from: number,
    to: number,
    isMarked: Uint8Array,
    pickedMax: number,
    column: Float64Array,
  ): number {
    const { codes, values, pickedRows, valueSort } = this;
    const picked = block.pick(feature, from, to, isMarked, pickedMax, pickedRows);
    const blockCodes = block.codes[feature]!;
    for (let i = 0; i < picked; i++) {
      const blockRow = pickedRows[i]!;
      codes[i] = blockCodes[blockRow]!;
      values[i] = column[block.rowIds[blockRow]!]!;
    }
    valueSort.sort(values, picked);
    return picked;
  }
}

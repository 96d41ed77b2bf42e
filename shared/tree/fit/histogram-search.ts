import { splitScore, thresholdBetween } from '../split-score';
import type { TrainingSet } from '../training-set';
import { BucketBound } from './bucket-bound';
import type { CodedColumn } from './column-codes';
import type { RowBlock } from './row-block';
import { ValueSort } from './sort-values';

/** Scores are sums of two rounded quotients; a bound has to be this much too low before a bucket is dropped. */
const BOUND_SLACK = 1 - 1e-12;

/** Where a coded node is cut: codes below `cutCode` are on the left, as far as the bucket itself is not cut. */
export interface CodedSplit {
  readonly feature: number;
  /** The first bucket that is not wholly on the left. */
  readonly bucket: number;
  /** True when the cut lies inside of `bucket`: its rows are told apart by the threshold. */
  readonly isInside: boolean;
  readonly threshold: number;
  /** Class counts on the left, in rows; shape [classes]. */
  readonly left: Float64Array;
}

/**
 * Finds the best split of a large node without sorting it (the idea of CLOUDS; Alsabti, Ranka and Singh, 1998, made
 * exact). The class histogram of a column's buckets gives the exact score at every boundary between buckets. What the
 * cuts inside of a bucket can reach at most decides whether its rows have to be sorted at all, and few have to be.
 */
export class HistogramSearch {
  private readonly classes: number;
  private readonly bound = new BucketBound();
  private readonly before: Float64Array;
  private readonly bestLeft: Float64Array;
  private readonly isUndecided: Uint8Array;
  private refining = new Refining(1_024);
  private counts: Float64Array = new Float64Array(0);
  private nodeRows = 0;
  private nodeSq = 0;
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
    this.before = new Float64Array(this.classes);
    this.bestLeft = new Float64Array(this.classes);
    this.isUndecided = new Uint8Array(bucketsMax * this.classes);
  }

  /** The best split; null where there is none; `undecided` where so much would be sorted that it is better sorted once. */
  find(
    block: RowBlock,
    from: number,
    to: number,
    counts: Float64Array,
    histograms: Uint32Array,
  ): CodedSplit | 'undecided' | null {
    this.begin(counts);
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

  private begin(counts: Float64Array): void {
    this.counts = counts;
    this.nodeRows = 0;
    this.nodeSq = 0;
    for (const count of counts) {
      this.nodeRows += count;
      this.nodeSq += count * count;
    }
    this.bestScore = Number.NEGATIVE_INFINITY;
    this.bestFeature = -1;
    this.bound.begin(counts, this.nodeRows, this.nodeSq);
  }

  private base(feature: number): number {
    return feature * this.bucketsMax * this.classes;
  }

  private scoreBoundaries(feature: number, histograms: Uint32Array): void {
    const { before, classes, counts, nodeRows, nodeSq, minLeafRows } = this;
    const { buckets } = this.columns[feature]!;
    const base = this.base(feature);
    before.fill(0);
    let best = this.bestScore;
    let bestBucket = -1;
    let leftRows = 0;
    let leftSq = 0;
    let cross = 0;
    let scored = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      const at = base + bucket * classes;
      for (let k = 0; k < classes; k++) {
        const count = histograms[at + k]!;
        if (count === 0) continue;
        leftRows += count;
        leftSq += count * (2 * before[k]! + count);
        before[k]! += count;
        cross += count * counts[k]!;
      }
      if (leftRows === scored || leftRows < minLeafRows) continue;
      scored = leftRows;
      const rightRows = nodeRows - leftRows;
      if (rightRows < minLeafRows) break;
      const score = splitScore(leftSq, leftRows, nodeSq - 2 * cross + leftSq, rightRows);
      if (score > best) {
        best = score;
        bestBucket = bucket;
      }
    }
    if (bestBucket < 0) return;
    this.bestScore = best;
    this.bestFeature = feature;
    this.bestBucket = bestBucket + 1;
    this.isInside = false;
    this.takeLeft(histograms, base, bestBucket + 1);
  }

  private takeLeft(histograms: Uint32Array, base: number, buckets: number): void {
    const { bestLeft, classes } = this;
    bestLeft.fill(0);
    for (let bucket = 0, at = base; bucket < buckets; bucket++) {
      for (let k = 0; k < classes; k++) bestLeft[k]! += histograms[at++]!;
    }
    this.bestLeftRows = 0;
    for (const count of bestLeft) this.bestLeftRows += count;
  }

  /** The feature with the best boundary goes first: it raises what the others have to reach. */
  private refineAll(block: RowBlock, from: number, to: number, histograms: Uint32Array): boolean {
    const first = this.bestFeature;
    let left = this.undecidedShareMax * (to - from) * this.columns.length;
    for (let turn = -1; turn < this.columns.length; turn++) {
      const feature = turn < 0 ? first : turn;
      if (feature < 0 || (turn >= 0 && turn === first)) continue;
      const undecided = this.markUndecided(feature, histograms);
      if (undecided === 0) continue;
      left -= undecided;
      if (left < 0) return false;
      this.refine(feature, block, from, to, undecided, histograms);
    }
    return true;
  }

  /** Marks the codes of the buckets that might hold a better cut; gives the rows in them. */
  private markUndecided(feature: number, histograms: Uint32Array): number {
    const { before, classes, counts, isUndecided, bound } = this;
    const { buckets, isMixed } = this.columns[feature]!;
    const base = this.base(feature);
    const toReach = this.bestScore * BOUND_SLACK;
    before.fill(0);
    let leftRows = 0;
    let leftSq = 0;
    let cross = 0;
    let undecided = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      const at = base + bucket * classes;
      let rows = 0;
      for (let k = 0; k < classes; k++) rows += histograms[at + k]!;
      const isOpen =
        rows > 1 &&
        isMixed[bucket] === 1 &&
        bound.mayReach(toReach, histograms, at, before, leftRows, leftSq, cross);
      if (isOpen) undecided += rows;
      const code = bucket * classes;
      for (let k = 0; k < classes; k++) isUndecided[code + k] = isOpen ? 1 : 0;
      if (rows === 0) continue;
      for (let k = 0; k < classes; k++) {
        const count = histograms[at + k]!;
        if (count === 0) continue;
        leftRows += count;
        leftSq += count * (2 * before[k]! + count);
        before[k]! += count;
        cross += count * counts[k]!;
      }
    }
    return undecided;
  }

  /** Sorts the rows of the marked buckets and scores every cut inside of one. */
  private refine(
    feature: number,
    block: RowBlock,
    from: number,
    to: number,
    undecided: number,
    histograms: Uint32Array,
  ): void {
    if (this.refining.capacity < undecided) this.refining = new Refining(2 * undecided);
    const { refining } = this;
    const picked = refining.gather(block, feature, from, to, this.isUndecided, this.rows.columns[feature]!);
    const { sorted, order } = refining.valueSort;
    const { codes } = refining;
    let bucket = -1;
    const left = this.before;
    let leftRows = 0;
    let leftSq = 0;
    let cross = 0;
    for (let i = 0; i < picked; i++) {
      const code = codes[order[i]!]!;
      const own = (code / this.classes) | 0;
      if (own !== bucket) {
        bucket = own;
        this.sumBefore(feature, bucket, histograms);
        leftRows = 0;
        leftSq = 0;
        cross = 0;
        for (let k = 0; k < this.classes; k++) {
          const count = left[k]!;
          leftRows += count;
          leftSq += count * count;
          cross += count * this.counts[k]!;
        }
      } else if (sorted[i]! !== sorted[i - 1]!) {
        this.score(feature, bucket, leftRows, leftSq, cross, sorted[i - 1]!, sorted[i]!);
      }
      const k = code - own * this.classes;
      leftRows++;
      leftSq += 2 * left[k]! + 1;
      left[k]!++;
      cross += this.counts[k]!;
    }
  }

  /** Class counts before a bucket, into `before`. */
  private sumBefore(feature: number, bucket: number, histograms: Uint32Array): void {
    const { before, classes } = this;
    const base = this.base(feature);
    before.fill(0);
    for (let at = base; at < base + bucket * classes; ) {
      for (let k = 0; k < classes; k++) before[k]! += histograms[at++]!;
    }
  }

  private score(
    feature: number,
    bucket: number,
    leftRows: number,
    leftSq: number,
    cross: number,
    low: number,
    high: number,
  ): void {
    const rightRows = this.nodeRows - leftRows;
    if (leftRows < this.minLeafRows || rightRows < this.minLeafRows) return;
    const score = splitScore(leftSq, leftRows, this.nodeSq - 2 * cross + leftSq, rightRows);
    if (score < this.bestScore) return;
    if (score === this.bestScore) {
      // The lower feature, then the lower threshold; in one feature fewer rows on the left are a lower threshold.
      if (feature > this.bestFeature) return;
      if (feature === this.bestFeature && leftRows >= this.bestLeftRows) return;
    }
    this.bestScore = score;
    this.bestFeature = feature;
    this.bestBucket = bucket;
    this.bestLeftRows = leftRows;
    this.isInside = true;
    this.threshold = thresholdBetween(low, high);
    this.bestLeft.set(this.before);
  }

  /** Halfway between the highest value before a bucket and the lowest one in it or after. */
  private thresholdAtBoundary(block: RowBlock, from: number, to: number, histograms: Uint32Array): number {
    const { bestFeature, classes } = this;
    const base = this.base(bestFeature);
    const isEmpty = (bucket: number) => {
      for (let k = 0; k < classes; k++) if (histograms[base + bucket * classes + k] !== 0) return false;
      return true;
    };
    let low = this.bestBucket - 1;
    while (isEmpty(low)) low--;
    let high = this.bestBucket;
    while (isEmpty(high)) high++;
    const { edges, isMixed } = this.columns[bestFeature]!;
    if (isMixed[low] === 0 && isMixed[high] === 0) return thresholdBetween(edges[low]!, edges[high]!);
    return block.thresholdBetweenBuckets(
      bestFeature,
      from,
      to,
      low,
      high,
      this.rows.columns[bestFeature]!,
      classes,
    );
  }
}

/** Scratch for the rows of undecided buckets. */
class Refining {
  readonly codes: Uint16Array;
  readonly valueSort: ValueSort;
  private readonly values: Float64Array;
  private readonly places: Uint32Array;

  constructor(readonly capacity: number) {
    this.codes = new Uint16Array(capacity);
    this.values = new Float64Array(capacity);
    this.places = new Uint32Array(capacity + 1);
    this.valueSort = new ValueSort(capacity);
  }

  /** Picks the rows whose code is marked and sorts them; gives how many there are. */
  gather(
    block: RowBlock,
    feature: number,
    from: number,
    to: number,
    isMarked: Uint8Array,
    column: Float64Array,
  ): number {
    const { codes, values, places, valueSort } = this;
    const picked = block.pick(feature, from, to, isMarked, places);
    const blockCodes = block.codes[feature]!;
    for (let i = 0; i < picked; i++) {
      const place = places[i]!;
      codes[i] = blockCodes[place]!;
      values[i] = column[block.numbers[place]!]!;
    }
    valueSort.sort(values, picked);
    return picked;
  }
}

import type { TrainingSet } from '../training-set';

/** The edges of a column come from a sample of its rows: one in `ROWS_PER_SAMPLE`, within these bounds. */
const SAMPLE_ROWS_MIN = 1_024;
const SAMPLE_ROWS_MAX = 4_096;
const ROWS_PER_SAMPLE = 64;
/** Cells of the table that maps a value to its bucket. */
const TABLE_CELLS = 4_096;
/** Average steps from a cell to the bucket, over the sample, above which a binary search is faster. */
const STEPS_PER_VALUE_MAX = 3;

/**
 * One column in buckets: bucket b holds the values in (edge[b − 1], edge[b]]. `code` is `bucket × classes + class`, so
 * that one histogram of codes counts the classes of every bucket.
 */
export interface CodedColumn {
  readonly buckets: number;
  /** Shape [rowCount]. */
  readonly codes: Uint16Array;
  /** 1 for a bucket that may hold several values; in any other bucket every value is `edges[bucket]`. */
  readonly isMixed: Uint8Array;
  /** Ascending, the last one +∞ unless every value has a bucket of its own; shape [buckets]. */
  readonly edges: Float64Array;
  /** True when every value of the column has a bucket of its own. */
  readonly isComplete: boolean;
}

/** Codes all columns of a table. */
export function codeColumns(rows: TrainingSet, bucketsMax: number): readonly CodedColumn[] {
  return rows.columns.map((_, feature) => codeColumn(rows, feature, bucketsMax));
}

/**
 * Codes one column into at most `bucketsMax` buckets of about equally many rows; `bucketsMax × classes <= 65,536`. The
 * codes are written into `codes`, shape [rowCount]. The edges change the speed of a fit and never its tree.
 */
export function codeColumn(
  rows: TrainingSet,
  feature: number,
  bucketsMax: number,
  codes = codesFor(rows.columns[feature]!),
): CodedColumn {
  const column = rows.columns[feature]!;
  const sample = sortedSample(column);
  const distinct = withoutRepeats(sample);
  const coded =
    (distinct.length <= bucketsMax / 2 && codeDistinct(column, distinct, bucketsMax, codes)) ||
    codeRanges(column, quantiles(sample, bucketsMax - 1), codes);
  addClasses(codes, rows.classes, rows.classNames.length);
  return coded;
}

/** An evenly spread sample, ascending. */
function sortedSample(column: Float64Array): Float64Array {
  const count = sampleSize(column.length);
  const sample = new Float64Array(count);
  for (let i = 0; i < count; i++) sample[i] = column[sampledRow(i, count, column.length)]!;
  return sample.sort();
}

function sampleSize(rows: number): number {
  return Math.min(
    rows,
    Math.max(SAMPLE_ROWS_MIN, Math.min(SAMPLE_ROWS_MAX, Math.ceil(rows / ROWS_PER_SAMPLE))),
  );
}

function sampledRow(i: number, count: number, rows: number): number {
  return Math.floor((i * rows) / count);
}

function withoutRepeats(ascending: Float64Array): Float64Array {
  return ascending.filter((value, i) => i === 0 || value !== ascending[i - 1]);
}

function quantiles(sample: Float64Array, count: number): Float64Array {
  const picked = Float64Array.from({ length: count }, (_, i) => {
    return sample[Math.max(0, Math.floor(((i + 1) * sample.length) / (count + 1)) - 1)]!;
  });
  return withoutRepeats(picked);
}

/** Gives every value a bucket, also the values that the sample misses; null when there are more values than buckets. */
function codeDistinct(
  column: Float64Array,
  sampled: Float64Array,
  bucketsMax: number,
  codes: Uint16Array,
): CodedColumn | null {
  const missed = new Map<number, number>();
  const table = new BucketTable(closed(sampled));
  if (!codeKnown(column, table, codes, missed, bucketsMax - sampled.length)) return null;
  const found = Float64Array.from([...sampled, ...missed.keys()]);
  const edges = found.slice().sort();
  // So far a code is an index into `found`; from here on codes ascend with the value.
  const bucketOf = Uint16Array.from(found, (value) => edges.indexOf(value));
  if (missed.size > 0) for (let row = 0; row < codes.length; row++) codes[row] = bucketOf[codes[row]!]!;
  return { buckets: edges.length, codes, isMixed: new Uint8Array(edges.length), edges, isComplete: true };
}

/** Codes values by their index in the table's edges, and values that the sample misses by numbers behind these. */
function codeKnown(
  column: Float64Array,
  { edges, low, cellsPerUnit, firstBucket }: BucketTable,
  codes: Uint16Array,
  missed: Map<number, number>,
  missedMax: number,
): boolean {
  const known = edges.length - 1;
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    let bucket = firstBucket[cellOf(value, low, cellsPerUnit)]!;
    while (value > edges[bucket]!) bucket++;
    if (value !== edges[bucket]) {
      bucket = missed.get(value) ?? known + missed.size;
      if (bucket === known + missedMax) return false;
      missed.set(value, bucket);
    }
    codes[row] = bucket;
  }
  return true;
}

function codeRanges(column: Float64Array, quantileEdges: Float64Array, codes: Uint16Array): CodedColumn {
  const edges = closed(quantileEdges);
  const isMixed = new Uint8Array(edges.length);
  const table = new BucketTable(edges);
  if (table.stepsPerValue(column) <= STEPS_PER_VALUE_MAX) codeByTable(column, table, codes, isMixed);
  else codeBySearch(column, edges, codes, isMixed);
  return { buckets: edges.length, codes, isMixed, edges, isComplete: false };
}

/** An array for the codes, in shared memory where the column is in shared memory. */
function codesFor(column: Float64Array): Uint16Array {
  const bytes = column.length * Uint16Array.BYTES_PER_ELEMENT;
  const isShared = column.buffer instanceof SharedArrayBuffer;
  return new Uint16Array(isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
}

/** The edges and +∞ behind them: a bucket for all values above the last edge. */
function closed(edges: Float64Array): Float64Array {
  const all = new Float64Array(edges.length + 1).fill(Number.POSITIVE_INFINITY);
  all.set(edges);
  return all;
}

/** Equally wide cells between the lowest and the highest edge; each cell holds the first bucket that reaches into it. */
class BucketTable {
  readonly low: number;
  readonly cellsPerUnit: number;
  readonly firstBucket = new Uint16Array(TABLE_CELLS);

  constructor(readonly edges: Float64Array) {
    this.low = edges[0]!;
    const high = edges.length > 1 ? edges[edges.length - 2]! : this.low;
    const cells = (TABLE_CELLS - 1) / (high - this.low);
    this.cellsPerUnit = Number.isFinite(cells) ? cells : 0;
    // Filled from the top, so each cell keeps the lowest bucket that ends in it or after it.
    let bucket = edges.length - 1;
    for (let cell = TABLE_CELLS - 1; cell >= 0; cell--) {
      while (bucket > 0 && this.cellOf(edges[bucket - 1]!) >= cell) bucket--;
      this.firstBucket[cell] = bucket;
    }
  }

  cellOf(value: number): number {
    return cellOf(value, this.low, this.cellsPerUnit);
  }

  stepsPerValue(column: Float64Array): number {
    const count = sampleSize(column.length);
    let steps = 0;
    for (let i = 0; i < count; i++) {
      const value = column[sampledRow(i, count, column.length)]!;
      for (let bucket = this.firstBucket[this.cellOf(value)]!; value > this.edges[bucket]!; bucket++) steps++;
    }
    return steps / count;
  }
}

/** Ascends with the value; values outside the edges are in the first or last cell. */
function cellOf(value: number, low: number, cellsPerUnit: number): number {
  const cell = (value - low) * cellsPerUnit;
  return cell >= TABLE_CELLS - 1 ? TABLE_CELLS - 1 : cell > 0 ? cell | 0 : 0;
}

function codeByTable(
  column: Float64Array,
  { edges, low, cellsPerUnit, firstBucket }: BucketTable,
  codes: Uint16Array,
  isMixed: Uint8Array,
): void {
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    let bucket = firstBucket[cellOf(value, low, cellsPerUnit)]!;
    while (value > edges[bucket]!) bucket++;
    codes[row] = bucket;
    if (value !== edges[bucket]) isMixed[bucket] = 1;
  }
}

function codeBySearch(
  column: Float64Array,
  edges: Float64Array,
  codes: Uint16Array,
  isMixed: Uint8Array,
): void {
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    let bucket = 0;
    let beyond = edges.length - 1;
    while (bucket < beyond) {
      const middle = (bucket + beyond) >>> 1;
      if (value > edges[middle]!) bucket = middle + 1;
      else beyond = middle;
    }
    codes[row] = bucket;
    if (value !== edges[bucket]) isMixed[bucket] = 1;
  }
}

function addClasses(codes: Uint16Array, classOf: Uint32Array, classes: number): void {
  for (let row = 0; row < codes.length; row++) codes[row] = codes[row]! * classes + classOf[row]!;
}

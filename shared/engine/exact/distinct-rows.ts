import type { TrainingSet } from '../training-set';
import type { CodedColumn } from './column-codes';

/** Distinct rows and how often each stands in the set. */
export interface WeightedRows {
  readonly rows: TrainingSet;
  readonly columns: readonly CodedColumn[];
  /** Shape [rows.rowCount]. */
  readonly weights: Uint32Array;
}

const DIGIT_BITS = 12;
const DIGITS = 1 << DIGIT_BITS;
const DIGIT_MASK = DIGITS - 1;
/** What one 32-bit key can tell apart. */
const KEYS_MAX = 2 ** 32;

/**
 * Puts equal rows of one class together: a tree only depends on how often a row is there, and measured values of few
 * digits repeat a lot. Null where the rows are not worth it: a column has too many values, or too few rows are equal.
 */
export function weighDistinctRows(rows: TrainingSet, columns: readonly CodedColumn[]): WeightedRows | null {
  const classes = rows.classNames.length;
  const possible = columns.reduce((product, { buckets }) => product * buckets, classes);
  if (possible > KEYS_MAX || columns.some(({ isComplete }) => !isComplete)) return null;

  const keys = sortKeys(rowKeys(rows, columns), possible);
  const distinct = countDistinct(keys);
  if (distinct * 2 > keys.length) return null;
  const weights = new Uint32Array(distinct);
  const found = takeDistinct(keys, distinct, weights);
  return { weights, ...rowsOfKeys(rows, columns, found) };
}

/** The row's buckets and class as the digits of one number. */
function rowKeys(rows: TrainingSet, columns: readonly CodedColumn[]): Uint32Array {
  const classes = rows.classNames.length;
  const keys = new Uint32Array(rows.rowCount);
  for (const { codes, buckets } of columns.slice(0, -1)) appendDigit(keys, codes, buckets, classes);
  const { codes, buckets } = columns.at(-1)!;
  for (let row = 0; row < keys.length; row++) keys[row] = keys[row]! * buckets * classes + codes[row]!;
  return keys;
}

function appendDigit(keys: Uint32Array, codes: Uint16Array, buckets: number, classes: number): void {
  for (let row = 0; row < keys.length; row++) {
    keys[row] = keys[row]! * buckets + ((codes[row]! / classes) | 0);
  }
}

/** Radix sort from the lowest digit on; takes `keys` as scratch. */
function sortKeys(keys: Uint32Array, possible: number): Uint32Array {
  let from: Uint32Array = keys;
  let into: Uint32Array = new Uint32Array(keys.length);
  for (let shift = 0; shift < 32 && 2 ** shift < possible; shift += DIGIT_BITS) {
    sortByDigit(from, into, shift);
    [from, into] = [into, from];
  }
  return from;
}

function sortByDigit(from: Uint32Array, into: Uint32Array, shift: number): void {
  const nextPlace = new Uint32Array(DIGITS + 1);
  for (let i = 0; i < from.length; i++) nextPlace[((from[i]! >>> shift) & DIGIT_MASK) + 1]!++;
  for (let digit = 1; digit < DIGITS; digit++) nextPlace[digit]! += nextPlace[digit - 1]!;
  for (let i = 0; i < from.length; i++) {
    const key = from[i]!;
    into[nextPlace[(key >>> shift) & DIGIT_MASK]!++] = key;
  }
}

function countDistinct(ascending: Uint32Array): number {
  let distinct = 1;
  for (let i = 1; i < ascending.length; i++) if (ascending[i] !== ascending[i - 1]) distinct++;
  return distinct;
}

function takeDistinct(ascending: Uint32Array, distinct: number, weights: Uint32Array): Uint32Array {
  const found = new Uint32Array(distinct);
  let last = -1;
  for (let i = 0; i < ascending.length; i++) {
    const key = ascending[i]!;
    if (last < 0 || key !== found[last]) found[++last] = key;
    weights[last]!++;
  }
  return found;
}

function rowsOfKeys(
  rows: TrainingSet,
  columns: readonly CodedColumn[],
  keys: Uint32Array,
): Omit<WeightedRows, 'weights'> {
  const classCount = rows.classNames.length;
  const rest = keys.slice();
  const classes = new Uint32Array(keys.length);
  takeDigit(rest, classCount, classes);
  const buckets = new Uint32Array(keys.length);
  // Digits come off from the last one on.
  const coded = [...columns].reverse().map((column) => {
    takeDigit(rest, column.buckets, buckets);
    const codes = new Uint16Array(keys.length);
    const values = new Float64Array(keys.length);
    for (let i = 0; i < keys.length; i++) {
      codes[i] = buckets[i]! * classCount + classes[i]!;
      values[i] = column.edges[buckets[i]!]!;
    }
    return { values, column: { ...column, codes } };
  });
  coded.reverse();
  return {
    rows: { ...rows, rowCount: keys.length, classes, columns: coded.map(({ values }) => values) },
    columns: coded.map(({ column }) => column),
  };
}

function takeDigit(rest: Uint32Array, base: number, digits: Uint32Array): void {
  for (let i = 0; i < rest.length; i++) {
    const key = rest[i]!;
    const quotient = Math.floor(key / base);
    digits[i] = key - quotient * base;
    rest[i] = quotient;
  }
}

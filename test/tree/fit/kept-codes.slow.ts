import { fitExact } from '../../../shared/tree/exact-engine';
import { codeColumns } from '../../../shared/tree/fit/column-codes';
import { KeptCodes } from '../../../shared/tree/fit/kept-codes';
import { tuningFor } from '../../../shared/tree/fit/tuning';
import type { TrainingSet } from '../../../shared/tree/training-set';
import { encodeTree } from '../../../shared/tree/tree-codec';
import { LARGE_SETS, largeSet } from './large-sets';

const LIMITS = { maxDepth: 64, minLeafRows: 1 };

/** Rows [from, to) as a table of their own, as a trainer gathers one window after another. */
function windowOf(rows: TrainingSet, from: number, to: number): TrainingSet {
  return {
    ...rows,
    rowCount: to - from,
    columns: rows.columns.map((column) => column.slice(from, to)),
    classes: rows.classes.slice(from, to),
  };
}

test.each(Object.keys(LARGE_SETS))('%s: a window that moves on gets the tree of a fresh fit', (kind) => {
  const stream = largeSet(kind, 9_000, 3, 3, 23);
  const kept = new KeptCodes();
  for (let from = 0; from <= 4_500; from += 500) {
    const rows = windowOf(stream, from, from + 4_000);
    const tree = fitExact(rows, LIMITS, tuningFor(rows), (each, buckets) => kept.code(each, buckets));
    expect(encodeTree(tree)).toBe(encodeTree(fitExact(rows, LIMITS)));
  }
});

test('only the rows that came are coded, until half of the window is new', () => {
  const stream = largeSet('overlapping classes', 9_000, 2, 2, 29);
  const kept = new KeptCodes();
  const [first] = kept.code(windowOf(stream, 0, 4_000), 64);
  const [moved] = kept.code(windowOf(stream, 1_000, 5_000), 64);
  expect(moved!.edges).toBe(first!.edges);
  expect(moved!.codes.subarray(0, 3_000)).toEqual(first!.codes.subarray(1_000));
  const [renewed] = kept.code(windowOf(stream, 2_500, 6_500), 64);
  expect(renewed!.edges).not.toBe(first!.edges);
});

test('a window that grows keeps the codes of what was there', () => {
  const stream = largeSet('overlapping classes', 5_000, 2, 2, 31);
  const kept = new KeptCodes();
  const [first] = kept.code(windowOf(stream, 0, 4_000), 64);
  expect(kept.code(windowOf(stream, 0, 5_000), 64)[0]!.edges).toBe(first!.edges);
});

test('another table is coded anew, also where it begins with the same rows', () => {
  const stream = largeSet('overlapping classes', 5_000, 2, 2, 37);
  const kept = new KeptCodes();
  kept.code(windowOf(stream, 0, 4_000), 64);
  const other = windowOf(stream, 1_000, 5_000);
  other.columns[1]![2_999] = 1_234.5;
  expect(kept.code(other, 64)).toEqual(codeColumns(other, 64));
});

test('a value that has no bucket of its own yet makes all buckets anew', () => {
  const stream = largeSet('labels that are noise on few values', 5_000, 2, 2, 41);
  const kept = new KeptCodes();
  const [first] = kept.code(windowOf(stream, 0, 4_000), 64);
  const moved = windowOf(stream, 100, 4_100);
  moved.columns[0]![3_999] = 3.25;
  const [renewed] = kept.code(moved, 64);
  expect(first!.edges.includes(3.25)).toBe(false);
  expect(renewed!.edges.includes(3.25)).toBe(true);
});

test('rows that are all alike, or repeat in a pattern, are no trap', () => {
  const rowCount = 20_000;
  const repeated = (period: number, from: number): TrainingSet => ({
    rowCount,
    columns: [
      Float64Array.from({ length: rowCount }, (_, i) => (((i + from) % period === 0 ? 1 : 0) * i) / (i || 1)),
    ],
    classes: new Uint32Array(rowCount),
    featureNames: ['f0'],
    classNames: ['c0', 'c1'],
  });
  const kept = new KeptCodes();
  for (const rows of [repeated(1, 0), repeated(1, 5), repeated(9_999, 0), repeated(9_999, 1)]) {
    expect(kept.code(rows, 16)[0]!.codes).toEqual(codeColumns(rows, 16)[0]!.codes);
  }
});

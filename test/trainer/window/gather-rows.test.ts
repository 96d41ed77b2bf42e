import fc from 'fast-check';
import {
  gatherFitted,
  gatherHeldOut,
  gatherWindow,
  type RowSpan,
  windowTable,
} from '../../../services/trainer/window/gather-rows';
import { PartitionRows } from '../../../services/trainer/window/partition-rows';

const FEATURES = ['a', 'b'];
const CLASSES = ['x', 'y'];

interface PlainRow {
  readonly values: readonly [number, number];
  readonly classIndex: number;
  readonly isHeldOut: boolean;
}

function spanOf(rows: readonly PlainRow[], from: number, chunkRows?: number): RowSpan {
  const store = new PartitionRows(0, 2, chunkRows);
  for (const [offset, { values, classIndex, isHeldOut }] of rows.entries()) {
    const at = store.rows.reserve();
    store.rows.features.set(values, at);
    store.rows.commit(0, classIndex);
    store.label(offset, isHeldOut ? 1 : 0);
  }
  return { store, from: Math.min(from, rows.length), end: rows.length };
}

function valuesOf(batches: Iterable<Float64Array>): number[] {
  const values: number[] = [];
  for (const batch of batches) values.push(...batch);
  return values;
}

test('a gathered window has fitted rows in columns and held-out rows in rows, both in order over all spans', () => {
  const rowsOf = (partition: number, heldOut: readonly number[]) =>
    [0, 1, 2, 3].map(
      (offset): PlainRow => ({
        values: [10 * partition + offset, -offset],
        classIndex: offset % 2,
        isHeldOut: heldOut.includes(offset),
      }),
    );
  const spans = [spanOf(rowsOf(0, [1]), 1), spanOf(rowsOf(1, [0, 3]), 0)];
  const { fitted, heldOut } = gatherWindow(spans, FEATURES, CLASSES);
  expect([fitted.rowCount, heldOut.rowCount]).toEqual([4, 3]);
  expect(fitted.columns.map((column) => [...column])).toEqual([
    [2, 3, 11, 12],
    [-2, -3, -1, -2],
  ]);
  expect([...fitted.classes]).toEqual([0, 1, 1, 0]);
  expect(valuesOf(heldOut.batches())).toEqual([1, -1, 10, -0, 13, -3]);
  expect([...heldOut.classes]).toEqual([1, 0, 1]);
});

test('every row is gathered once, on its side of the holdout, whatever the size of the chunks', () => {
  const row = fc.record({
    values: fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true })),
    classIndex: fc.oneof(fc.nat(1), fc.nat(70_000)),
    isHeldOut: fc.boolean(),
  });
  const partitions = fc.array(fc.tuple(fc.array(row, { maxLength: 40 }), fc.nat(10)), { maxLength: 3 });
  fc.assert(
    fc.property(partitions, fc.integer({ min: 1, max: 50 }), (plain, chunkRows) => {
      const table = windowTable(
        plain.map(([rows, from]) => spanOf(rows, from, chunkRows)),
        FEATURES,
        CLASSES,
      );
      const all = plain.flatMap(([rows, from]) => rows.slice(from));
      const fitted = all.filter(({ isHeldOut }) => !isHeldOut);
      const heldOut = all.filter(({ isHeldOut }) => isHeldOut);
      const set = gatherFitted(table);
      expect(set.rowCount).toBe(fitted.length);
      expect(set.columns.map((column) => [...column])).toEqual(
        [0, 1].map((f) => fitted.map(({ values }) => values[f])),
      );
      expect([...set.classes]).toEqual(fitted.map(({ classIndex }) => classIndex));
      const scored = gatherHeldOut(table);
      expect(scored.rowCount).toBe(heldOut.length);
      expect(valuesOf(scored.batches())).toEqual(heldOut.flatMap(({ values }) => values));
      expect([...scored.classes]).toEqual(heldOut.map(({ classIndex }) => classIndex));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('a window table does not change while rows arrive behind it', () => {
  const first = Array.from(
    { length: 50 },
    (_, i): PlainRow => ({ values: [i, -i], classIndex: 1, isHeldOut: false }),
  );
  const span = spanOf(first, 0);
  const table = windowTable([span], FEATURES, CLASSES);
  for (let i = 0; i < 500; i++) {
    const at = span.store.rows.reserve();
    span.store.rows.features.fill(9, at, at + 2);
    span.store.rows.commit(i, 300 + i);
    span.store.label(50 + 1_000 * i, 0);
  }
  expect([...gatherFitted(table).columns[0]!]).toEqual(first.map(({ values }) => values[0]));
  expect([...gatherFitted(table).classes]).toEqual(first.map(() => 1));
});

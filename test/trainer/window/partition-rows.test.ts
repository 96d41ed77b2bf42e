import fc from 'fast-check';
import { PartitionRows } from '../../../services/trainer/window/partition-rows';
import type { PlainMessage } from '../../scenarios/plain-log';
import { plainWindowFrom } from '../../scenarios/plain-window';
import { addRows } from '../intakes';

/** Messages by offset and number of rows. */
function storeOf(
  messages: readonly (readonly [offset: number, rows: number])[],
  chunkRows?: number,
): PartitionRows {
  const store = new PartitionRows(0, 1, chunkRows);
  for (const [offset, rows] of messages) addRows(store, offset, rows);
  return store;
}

describe('the start of a window', () => {
  test('a window keeps its start while the quota holds all rows', () => {
    const store = storeOf([
      [3, 2],
      [4, 2],
    ]);
    expect(store.windowStart(0, 4, 4)).toBe(0);
    expect(store.windowStart(3, 4, 100)).toBe(3);
  });

  test('a window starts behind the last message that does not fit, even where the next rows are further on', () => {
    const store = storeOf([
      [3, 2],
      [7, 2],
      [9, 2],
    ]);
    expect(store.windowStart(0, 6, 4)).toBe(4);
    expect(store.windowStart(0, 6, 5)).toBe(4);
    expect(store.windowStart(0, 6, 3)).toBe(8);
  });

  test('a window starts at a message of exactly the quota', () => {
    const store = storeOf([
      [0, 1],
      [1, 5],
    ]);
    expect(store.windowStart(0, 6, 5)).toBe(1);
  });

  test('a window is the last message when that message alone is larger than the quota', () => {
    const store = storeOf([
      [0, 3],
      [5, 7],
    ]);
    expect(store.windowStart(0, 10, 5)).toBe(5);
    expect(store.windowStart(0, 3, 2)).toBe(0);
  });

  test('a window never starts below its old start, though the quota would reach further back', () => {
    const store = storeOf([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    expect(store.windowStart(2, 3, 2)).toBe(2);
  });

  test('rows behind the cut do not move the start of a window', () => {
    const store = storeOf([
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 9],
    ]);
    expect(store.windowStart(0, 3, 2)).toBe(1);
  });

  test('the start of a window is the one that trying every offset finds', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 6 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 8 }), fc.nat(10), (gaps, quota, before) => {
        let offset = -1;
        const counts = gaps.map(([gap, rows]) => {
          offset += gap;
          return [offset, rows] as const;
        });
        const store = storeOf(counts);
        // The plain rule uses only offsets and the number of rows of each message.
        const messages = counts.map(([at, rows]) => ({ offset: at, rows: Array(rows).fill(null) }));
        const plain = plainWindowFrom(messages as unknown as PlainMessage[], offset + 1, quota, before);
        expect(store.windowStart(before, store.rows.rowCount, quota)).toBe(plain);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

/** The columns of every row of the store. */
function rowsOf({ rows }: PartitionRows) {
  const all: { offset: number; line: number; feature: number; classIndex: number; isHeldOut: boolean }[] = [];
  rows.visit(0, rows.rowCount, ({ features, classes, heldOut }, from, end) => {
    for (let i = from; i < end; i++) {
      const offset = rows.offsetOf(all.length);
      const line = rows.lineOf(all.length);
      const isHeldOut = heldOut[i] === 1;
      all.push({ offset, line, feature: features[i]!, classIndex: classes[i]!, isHeldOut });
    }
  });
  return all;
}

describe('dropping rows that left the window', () => {
  test('a drop removes offsets, sides of the holdout, lines and features together', () => {
    const store = new PartitionRows(0, 1, 3);
    for (const [offset, rows] of [
      [0, 2],
      [1, 1],
      [4, 2],
    ] as const) {
      for (let line = 0; line < rows; line++) {
        const at = store.rows.reserve();
        store.rows.features[at] = offset;
        store.rows.commit(line, 7 + line);
      }
      store.label(offset, offset === 4 ? 1 : 0);
    }
    expect(store.dropBelow(4)).toBe(3);
    expect(store.rows.rowCount).toBe(2);
    expect(rowsOf(store)).toEqual([
      { offset: 4, line: 0, feature: 4, classIndex: 7, isHeldOut: true },
      { offset: 4, line: 1, feature: 4, classIndex: 8, isHeldOut: true },
    ]);
  });

  test('a drop waits for a whole chunk, so that a sliding window is not copied at every cut', () => {
    const store = storeOf(
      [
        [0, 1],
        [1, 1],
        [2, 1],
      ],
      2,
    );
    expect(store.dropBelow(1)).toBe(0);
    expect(store.rows.rowCount).toBe(3);
    expect(store.dropBelow(2)).toBe(2);
  });

  test('a drop leaves the newest chunk, also when none of its rows is needed', () => {
    const store = storeOf([[0, 4]], 2);
    expect(store.dropBelow(9)).toBe(2);
    addRows(store, 1, 1);
    expect(store.rows.rowCount).toBe(3);
    expect(store.rows.offsetOf(2)).toBe(1);
  });

  test('rows can be added after a drop', () => {
    const store = new PartitionRows(0, 1, 16);
    for (let offset = 0; offset < 1_000; offset++) {
      addRows(store, offset, 1);
      store.dropBelow(offset - 10);
    }
    expect(store.rows.rowCount).toBeLessThan(40);
    const { rowCount } = store.rows;
    const offsets = Array.from({ length: rowCount }, (_, i) => 1_000 - rowCount + i);
    expect(rowsOf(store).map(({ offset }) => offset)).toEqual(offsets);
    expect(rowsOf(store).map(({ feature }) => feature)).toEqual(offsets);
  });
});

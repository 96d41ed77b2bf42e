import { plainPresortedCart } from '../../../bench/yardsticks/presorted-cart';
import { LOCAL_ROWS_MAX } from '../../../shared/engine/exact/entry-bits';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { LocalRoom } from '../../../shared/engine/exact/local-room';
import type { Tree } from '../../../shared/tree/tree';
import { trainingSet } from '../training-sets';
import { LARGE_SETS, largeSet } from './large-sets';

/** The parts that differ from tree to tree; equal texts are equal trees. */
function drawn({ feature, threshold, left, right, classCounts }: Tree): string {
  return JSON.stringify([feature, threshold, left, right, classCounts].map((each) => Array.from(each)));
}

describe.each(Object.keys(LARGE_SETS))('a small window with %s', (kind) => {
  test.each([
    [150, 4, 3, { maxDepth: 64, minLeafRows: 1 }],
    [1_000, 3, 2, { maxDepth: 64, minLeafRows: 1 }],
    [700, 2, 12, { maxDepth: 9, minLeafRows: 5 }],
    [LOCAL_ROWS_MAX, 2, 256, { maxDepth: 64, minLeafRows: 2 }],
  ])('%i rows of %i features and %i classes give the plain tree', (rowCount, features, classes, each) => {
    const rows = largeSet(kind, rowCount, features, classes, 13);
    expect(drawn(fitExact(rows, each))).toBe(drawn(plainPresortedCart(rows, each)));
  });
});

test('of a window that is cut at one value, minLeafRows decides which cuts are left', () => {
  const values = [0, 1, 2, 3, 4, 5, 6, 7];
  const labels = [0, 0, 0, 0, 1, 1, 1, 0];
  const rows = trainingSet([values], labels);
  expect(fitExact(rows, { maxDepth: 1, minLeafRows: 1 }).threshold[0]).toBe(3.5);
  expect(fitExact(rows, { maxDepth: 1, minLeafRows: 4 }).threshold[0]).toBe(3.5);
  const apart = trainingSet([values], [1, 0, 0, 0, 0, 0, 0, 0]);
  expect(fitExact(apart, { maxDepth: 1, minLeafRows: 1 }).threshold[0]).toBe(0.5);
  expect(fitExact(apart, { maxDepth: 1, minLeafRows: 3 }).threshold[0]).toBe(2.5);
});

test('fits of other shapes in between leave nothing behind in the arrays that they share', () => {
  const limits = { maxDepth: 64, minLeafRows: 1 };
  const shapes: [number, number, number][] = [
    [2_000, 5, 40],
    [30, 2, 2],
    [900, 9, 3],
    [60, 1, 200],
    [2_000, 5, 2],
  ];
  for (const kind of Object.keys(LARGE_SETS)) {
    for (const [rowCount, features, classes] of shapes) {
      const rows = largeSet(kind, rowCount, features, classes, 17);
      expect(drawn(fitExact(rows, limits))).toBe(drawn(plainPresortedCart(rows, limits)));
    }
  }
});

test('the room of a fit serves the next one where it is large enough', () => {
  const room = LocalRoom.for(3, 500);
  expect(LocalRoom.for(3, 500)).toBe(room);
  expect(LocalRoom.for(2, 40)).toBe(room);
  expect(LocalRoom.for(room.features + 1, 40)).not.toBe(room);
});

test('a room for very many features is not kept', () => {
  const room = LocalRoom.for(500, LOCAL_ROWS_MAX);
  expect(LocalRoom.for(500, LOCAL_ROWS_MAX)).not.toBe(room);
});

import { isLargeTable, TableMemory } from '../../../services/trainer/fit/table-memory';
import { ScratchArena } from '../../../shared/engine/exact/scratch-arena';

test.each([
  [1, 1],
  [7, 3],
  [1_001, 4],
])('no two arrays of a table overlap: %d rows of %d features', (rowCount, featureCount) => {
  const { columns, classes, arena } = new TableMemory().take(rowCount, featureCount);
  for (const [feature, column] of columns.entries()) column.fill(feature + 0.5);
  classes.fill(7);
  arena.uint32(Math.floor(ScratchArena.bytesFor(rowCount, featureCount) / 4)).fill(9);
  expect(columns.map((column) => [...column])).toEqual(
    columns.map((_, feature) => Array(rowCount).fill(feature + 0.5)),
  );
  expect([...classes]).toEqual(Array(rowCount).fill(7));
});

test('a table that is a little larger lies in the same memory, one that is much larger does not', () => {
  const memory = new TableMemory();
  const { buffer } = memory.take(1_000, 4).classes;
  expect(memory.take(1_100, 4).classes.buffer).toBe(buffer);
  expect(memory.take(900, 4).classes.buffer).toBe(buffer);
  expect(memory.take(2_000, 4).classes.buffer).not.toBe(buffer);
});

test('a table is large by its values', () => {
  expect(isLargeTable(250_000, 4)).toBe(true);
  expect(isLargeTable(249_999, 4)).toBe(false);
});

import { CodedFit } from '../../../shared/engine/exact/coded-fit';
import { codeColumns } from '../../../shared/engine/exact/column-codes';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { FitRoom } from '../../../shared/engine/exact/fit-room';
import { fitSubtree, fitTop } from '../../../shared/engine/exact/subtrees';
import { tuningFor } from '../../../shared/engine/exact/tuning';
import { TreeBuilder } from '../../../shared/tree/tree-builder';
import { encodeTree } from '../../../shared/tree/tree-codec';
import { LARGE_SETS, largeSet } from './large-sets';

const LIMITS = { maxDepth: 64, minLeafRows: 1 };

/** Takes as much as it says, and tells how much was taken at the most. */
class WatchedRoom extends FitRoom {
  takenMax = 0;

  override numbers(count: number): Uint32Array {
    const numbers = super.numbers(count);
    this.takenMax = Math.max(this.takenMax, this.mark);
    return numbers;
  }
}

test.each(Object.keys(LARGE_SETS))('%s: a room that was used before makes the same tree', (kind) => {
  const rows = largeSet(kind, 9_000, 3, 3, 5);
  const tuning = tuningFor(rows);
  const room = FitRoom.of(rows.rowCount, 3);
  room.numbers(27_000).fill(0xffff_ffff);
  room.giveBack(0);
  for (let fit = 0; fit < 2; fit++) {
    const tree = fitExact(rows, LIMITS, tuning, codeColumns, room);
    expect(encodeTree(tree)).toBe(encodeTree(fitExact(rows, LIMITS)));
    expect(room.mark).toBe(0);
  }
});

test('blocks that lie in each other fit into the room, and are given back', () => {
  const rows = largeSet('overlapping classes', 40_000, 2, 2, 7);
  const tuning = { ...tuningFor(rows), localRowsMax: 16 };
  const columns = codeColumns(rows, tuning.bucketsMax);
  const bytes = FitRoom.bytesFor(rows.rowCount, 2);
  const room = new WatchedRoom(new ArrayBuffer(bytes));
  const counts = new Float64Array(2);
  for (const k of rows.classes) counts[k]!++;
  const builder = new TreeBuilder(rows.featureNames, rows.classNames);
  new CodedFit(rows, columns, LIMITS, builder, tuning, room).fit(counts);
  expect(room.takenMax).toBeGreaterThan(12 * rows.rowCount);
  expect(room.takenMax).toBeLessThanOrEqual(bytes);
  expect(room.mark).toBe(0);
});

test('subtrees of two thirds of the rows have room for themselves beside the rows of all of them', () => {
  const rows = largeSet('overlapping classes', 30_000, 2, 2, 11);
  const tuning = { ...tuningFor(rows), localRowsMax: 64 };
  const columns = codeColumns(rows, tuning.bucketsMax);
  const room = new FitRoom(new SharedArrayBuffer(FitRoom.bytesFor(rows.rowCount, 2)));
  for (const _ of columns) room.codes(rows.rowCount);
  const threads = 4;
  const rowsMax = Math.ceil((2 * rows.rowCount) / (3 * threads));
  const { subtrees } = fitTop(rows, columns, LIMITS, tuning, rowsMax, room);
  expect(room.mark).toBe(4 * rows.rowCount + 2 * 2 * rows.rowCount);
  const parts = Array.from({ length: threads }, () => room.partForSubtrees(rowsMax, 2));
  expect(room.mark).toBeLessThanOrEqual(room.memory.byteLength);
  for (const [i, subtree] of subtrees.entries()) {
    const part = parts[i % threads]!;
    const next = parts[(i % threads) + 1];
    const tree = fitSubtree(rows, columns, LIMITS, tuning, subtree, part);
    const own = FitRoom.of(rows.rowCount, 2);
    expect(encodeTree(tree)).toBe(encodeTree(fitSubtree(rows, columns, LIMITS, tuning, subtree, own)));
    expect(part.mark).toBe(0);
    expect(part.from).toBeLessThan(next?.from ?? room.memory.byteLength);
  }
});

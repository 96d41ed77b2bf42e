import { CodedFit } from '../../../shared/engine/exact/coded-fit';
import { codeColumns } from '../../../shared/engine/exact/column-codes';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { ScratchArena } from '../../../shared/engine/exact/scratch-arena';
import { fitSubtree, fitTop } from '../../../shared/engine/exact/subtrees';
import { tuningFor } from '../../../shared/engine/exact/tuning';
import { TreeBuilder } from '../../../shared/tree/tree-builder';
import { encodeTree } from '../../../shared/tree/tree-codec';
import { LARGE_SETS, largeSet } from './large-sets';

const LIMITS = { maxDepth: 64, minLeafRows: 1 };

/** An arena that records the most bytes taken. */
class WatchedArena extends ScratchArena {
  takenMax = 0;

  override uint32(count: number): Uint32Array {
    const numbers = super.uint32(count);
    this.takenMax = Math.max(this.takenMax, this.checkpoint());
    return numbers;
  }
}

test.each(Object.keys(LARGE_SETS))(
  'a fit in an arena that was used before gives the same tree: %s',
  (kind) => {
    const rows = largeSet(kind, 9_000, 3, 3, 5);
    const tuning = tuningFor(rows);
    const arena = ScratchArena.of(rows.rowCount, 3);
    arena.uint32(27_000).fill(0xffff_ffff);
    arena.release(0);
    for (let fit = 0; fit < 2; fit++) {
      const tree = fitExact(rows, LIMITS, tuning, codeColumns, arena);
      expect(encodeTree(tree)).toBe(encodeTree(fitExact(rows, LIMITS)));
      expect(arena.checkpoint()).toBe(0);
    }
  },
);

test('nested blocks fit into the arena and are released', () => {
  const rows = largeSet('overlapping classes', 40_000, 2, 2, 7);
  const tuning = { ...tuningFor(rows), localRowsMax: 16 };
  const columns = codeColumns(rows, tuning.bucketsMax);
  const bytes = ScratchArena.bytesFor(rows.rowCount, 2);
  const arena = new WatchedArena(new ArrayBuffer(bytes));
  const counts = new Float64Array(2);
  for (const k of rows.classes) counts[k]!++;
  const builder = new TreeBuilder(rows.featureNames, rows.classNames);
  new CodedFit(rows, columns, LIMITS, builder, tuning, arena).fit(counts);
  expect(arena.takenMax).toBeGreaterThan(12 * rows.rowCount);
  expect(arena.takenMax).toBeLessThanOrEqual(bytes);
  expect(arena.checkpoint()).toBe(0);
});

test('the arena holds subtrees of two thirds of the rows beside the row ids of all subtrees', () => {
  const rows = largeSet('overlapping classes', 30_000, 2, 2, 11);
  const tuning = { ...tuningFor(rows), localRowsMax: 64 };
  const columns = codeColumns(rows, tuning.bucketsMax);
  const arena = new ScratchArena(new SharedArrayBuffer(ScratchArena.bytesFor(rows.rowCount, 2)));
  for (const _ of columns) arena.uint16(rows.rowCount);
  const threads = 4;
  const rowsMax = Math.ceil((2 * rows.rowCount) / (3 * threads));
  const { subtrees } = fitTop(rows, columns, LIMITS, tuning, rowsMax, arena);
  expect(arena.checkpoint()).toBe(4 * rows.rowCount + 2 * 2 * rows.rowCount);
  const parts = Array.from({ length: threads }, () => arena.subtreeArena(rowsMax, 2));
  expect(arena.checkpoint()).toBeLessThanOrEqual(arena.memory.byteLength);
  for (const [i, subtree] of subtrees.entries()) {
    const part = parts[i % threads]!;
    const next = parts[(i % threads) + 1];
    const tree = fitSubtree(rows, columns, LIMITS, tuning, subtree, part);
    const own = ScratchArena.of(rows.rowCount, 2);
    expect(encodeTree(tree)).toBe(encodeTree(fitSubtree(rows, columns, LIMITS, tuning, subtree, own)));
    expect(part.checkpoint()).toBe(0);
    expect(part.from).toBeLessThan(next?.from ?? arena.memory.byteLength);
  }
});

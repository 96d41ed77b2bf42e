import { type Fitter, smallWindowsInline } from '../../../services/trainer/fit/fitter';
import { type WindowTable, windowTable } from '../../../services/trainer/window/gather-rows';
import { PartitionRows } from '../../../services/trainer/window/partition-rows';
import { exactEngine } from '../../../shared/engine/exact/fit-exact';
import { decodeTree } from '../../../shared/tree/tree-codec';

const LIMITS = { maxDepth: 5, minLeafRows: 1 };

/** A stand-in for the fitter of large windows. */
function elsewhere(): Fitter & { closed: boolean } {
  const fitter = {
    closed: false,
    fit: async () => 'fitted elsewhere',
    close: async () => {
      fitter.closed = true;
    },
  };
  return fitter;
}

/** Rows of one class below the middle and of the other above it; none is held out. */
function windowOf(rowCount: number, features: number): WindowTable {
  const store = new PartitionRows(0, features);
  for (let row = 0; row < rowCount; row++) {
    const at = store.rows.reserve();
    for (let f = 0; f < features; f++) store.rows.features[at + f] = row;
    store.rows.commit(0, row < rowCount / 2 ? 0 : 1);
    store.label(row, 0);
  }
  const names = Array.from({ length: features }, (_, f) => `f${f}`);
  return windowTable([{ store, from: 0, end: rowCount }], names, ['low', 'high']);
}

test('a window of 4,096 values is fitted on the calling thread', async () => {
  const fitter = smallWindowsInline(exactEngine, elsewhere());
  const tree = decodeTree(await fitter.fit(windowOf(1_024, 4), LIMITS));
  expect([...tree.threshold]).toEqual([511.5, 0, 0]);
});

test.each([
  ['with a row more', 1_025, 4],
  ['with as many rows and a feature more', 1_024, 5],
])('a window %s is fitted elsewhere', async (_, rowCount, features) => {
  const fitter = smallWindowsInline(exactEngine, elsewhere());
  expect(await fitter.fit(windowOf(rowCount, features), LIMITS)).toBe('fitted elsewhere');
});

test('closing the fitter closes the fitter of large windows', async () => {
  const other = elsewhere();
  await smallWindowsInline(exactEngine, other).close();
  expect(other.closed).toBe(true);
});

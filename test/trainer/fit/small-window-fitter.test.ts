import type { Fitter } from '../../../services/trainer/fit/fitter';
import { smallWindowsHere } from '../../../services/trainer/fit/small-window-fitter';
import { type WindowTable, windowTable } from '../../../services/trainer/window/gather-rows';
import { PartitionRows } from '../../../services/trainer/window/partition-rows';
import { exactEngine } from '../../../shared/engine/exact/exact-engine';
import { decodeTree } from '../../../shared/tree/tree-codec';

const LIMITS = { maxDepth: 5, minLeafRows: 1 };

/** A fitter elsewhere that says so instead of fitting. */
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
  const fitter = smallWindowsHere(exactEngine, elsewhere());
  const tree = decodeTree(await fitter.fit(windowOf(1_024, 4), LIMITS));
  expect([...tree.threshold]).toEqual([511.5, 0, 0]);
});

test.each([
  ['with a row more', 1_025, 4],
  ['with as many rows and a feature more', 1_024, 5],
])('a window %s is fitted elsewhere', async (_, rowCount, features) => {
  const fitter = smallWindowsHere(exactEngine, elsewhere());
  expect(await fitter.fit(windowOf(rowCount, features), LIMITS)).toBe('fitted elsewhere');
});

test('closing it closes the other', async () => {
  const other = elsewhere();
  await smallWindowsHere(exactEngine, other).close();
  expect(other.closed).toBe(true);
});

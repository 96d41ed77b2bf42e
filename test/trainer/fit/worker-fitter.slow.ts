import { join } from 'node:path';
import { inlineFitter } from '../../../services/trainer/fit/fitter';
import { workerFitter } from '../../../services/trainer/fit/worker-fitter';
import { type WindowTable, windowTable } from '../../../services/trainer/window/gather-rows';
import { PartitionRows } from '../../../services/trainer/window/partition-rows';
import { exactEngine } from '../../../shared/engine/exact/fit-exact';
import type { TrainingSet } from '../../../shared/engine/training-set';
import { largeSet } from '../../engine/exact/large-sets';

const WORKER = join(__dirname, '..', '..', 'support', 'fit-worker.js');
const NUMBERED = join(__dirname, '..', '..', 'support', 'fit-worker-number.js');
const LIMITS = { maxDepth: 5, minLeafRows: 1 };

function tableOf({ rowCount, columns, classes, featureNames, classNames }: TrainingSet): WindowTable {
  const store = new PartitionRows(0, columns.length);
  for (let row = 0; row < rowCount; row++) {
    const at = store.rows.reserve();
    for (const [f, column] of columns.entries()) store.rows.features[at + f] = column[row]!;
    store.rows.commit(0, classes[row]!);
    store.label(row, 0.2);
  }
  return windowTable([{ store, from: 0, end: rowCount }], featureNames, classNames);
}

test.each([
  ['small', 3_000],
  ['large', 640_000],
])(
  'a worker gives the same trees as the calling thread to one %s window and the next',
  async (_, rowCount) => {
    const fitter = workerFitter('exact', 1, WORKER);
    const here = inlineFitter(exactEngine);
    try {
      for (const seed of [1, 2]) {
        const table = tableOf(largeSet('overlapping classes', rowCount, 2, 3, seed));
        expect(await fitter.fit(table, LIMITS)).toBe(await here.fit(table, LIMITS));
      }
    } finally {
      await fitter.close();
    }
  },
  60_000,
);

describe('the life of a fit worker', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  const windowOf = (fittedRows: number, classNames = ['x', 'y']): WindowTable => ({
    pieces: [],
    fittedRows,
    heldOutRows: 0,
    featureNames: ['a'],
    classNames,
  });
  const SMALL = windowOf(999_999);
  const LARGE = windowOf(1_000_000);

  test('a worker stays for a large window that follows at once and ends when none follows', async () => {
    const fitter = workerFitter('exact', 1, NUMBERED);
    try {
      const first = await fitter.fit(LARGE, LIMITS);
      jest.advanceTimersByTime(999);
      expect(await fitter.fit(LARGE, LIMITS)).toBe(first);
      jest.advanceTimersByTime(999);
      expect(await fitter.fit(LARGE, LIMITS)).toBe(first);
      jest.advanceTimersByTime(1_000);
      expect(await fitter.fit(LARGE, LIMITS)).not.toBe(first);
    } finally {
      await fitter.close();
    }
  });

  test('a worker of small windows stays, however long no window follows', async () => {
    const fitter = workerFitter('exact', 1, NUMBERED);
    try {
      const first = await fitter.fit(SMALL, LIMITS);
      jest.advanceTimersByTime(3_600_000);
      expect(await fitter.fit(SMALL, LIMITS)).toBe(first);
    } finally {
      await fitter.close();
    }
  });

  test('a failed fit ends its worker, whose threads may not be done yet', async () => {
    const fitter = workerFitter('exact', 1, NUMBERED);
    try {
      const first = await fitter.fit(LARGE, LIMITS);
      const failing = fitter.fit(windowOf(1_000_000, ['x']), LIMITS);
      await expect(failing).rejects.toMatchObject({ code: 'tree-too-large', message: 'one class' });
      expect(await fitter.fit(LARGE, LIMITS)).not.toBe(first);
    } finally {
      await fitter.close();
    }
  });

  test('a window after the death of a worker has another worker', async () => {
    const fitter = workerFitter('exact', 1, NUMBERED);
    try {
      const first = await fitter.fit(LARGE, LIMITS);
      await expect(fitter.fit(windowOf(1_000_000, []), LIMITS)).rejects.toMatchObject({ code: 'fit-failed' });
      const second = await fitter.fit(LARGE, LIMITS);
      expect(second).not.toBe(first);
      expect(jest.getTimerCount()).toBe(1);
    } finally {
      await fitter.close();
    }
    expect(jest.getTimerCount()).toBe(0);
  });
});

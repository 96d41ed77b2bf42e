import { join } from 'node:path';
import { fitInThreads } from '../../../services/trainer/fit/fit-in-threads';
import { WorkerPool } from '../../../services/trainer/fit/worker-pool';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import type { TrainingSet } from '../../../shared/engine/training-set';

import { encodeTree, treeDigest } from '../../../shared/tree/tree-codec';
import { largeSet } from '../../engine/exact/large-sets';

const WORKER = join(__dirname, '..', '..', 'support', 'fit-worker.js');
const LIMITS = { maxDepth: 64, minLeafRows: 1 };

function inSharedMemory(rows: TrainingSet): TrainingSet {
  const columns = rows.columns.map((column) => {
    const shared = new Float64Array(new SharedArrayBuffer(column.byteLength));
    shared.set(column);
    return shared;
  });
  const classes = new Uint32Array(new SharedArrayBuffer(rows.classes.byteLength));
  classes.set(rows.classes);
  return { ...rows, columns, classes };
}

test.each(['overlapping classes', 'values of one decimal', 'labels that are noise', 'a heavy tail'])(
  'one to four threads give the same digest: %s',
  async (kind) => {
    const rows = inSharedMemory(largeSet(kind, 12_000, 3, 3, 17));
    const expected = treeDigest(encodeTree(fitExact(rows, LIMITS)));
    for (const threads of [1, 2, 3, 4]) {
      const pool = new WorkerPool(threads - 1, WORKER);
      try {
        expect(treeDigest(encodeTree(await fitInThreads(rows, LIMITS, pool)))).toBe(expected);
      } finally {
        await pool.close();
      }
    }
  },
);

test('a depth that ends above the subtrees leaves nothing to share', async () => {
  const rows = inSharedMemory(largeSet('overlapping classes', 12_000, 3, 2, 3));
  const pool = new WorkerPool(1, WORKER);
  try {
    const limits = { maxDepth: 1, minLeafRows: 1 };
    expect(encodeTree(await fitInThreads(rows, limits, pool))).toBe(encodeTree(fitExact(rows, limits)));
  } finally {
    await pool.close();
  }
});

test('an order that fails ends the fit with a code, and the next fit succeeds', async () => {
  const rows = inSharedMemory(largeSet('overlapping classes', 12_000, 3, 2, 3));
  const pool = new WorkerPool(1, WORKER);
  try {
    const broken = { ...rows, columns: [rows.columns[0]!, null as never, rows.columns[2]!] };
    await expect(
      pool.ask(0, { kind: 'code', rows: broken, features: [1], bucketsMax: 8, codes: [] }),
    ).rejects.toMatchObject({
      code: 'fit-failed',
    });
    expect(encodeTree(await fitInThreads(rows, LIMITS, pool))).toBe(encodeTree(fitExact(rows, LIMITS)));
  } finally {
    await pool.close();
  }
});

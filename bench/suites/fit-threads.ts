import { join } from 'node:path';
import { fitInThreads } from '../../services/trainer/fit/fit-in-threads';
import { WorkerPool } from '../../services/trainer/fit/worker-pool';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import type { FitLimits, TrainingSet } from '../../shared/engine/training-set';
import type { Figure, SuiteOptions } from '../harness/figure';
import { irisLike, once } from '../harness/tables';

const FULL: FitLimits = { maxDepth: 64, minLeafRows: 1 };
const SEED = 1;
const WORKER = join(__dirname, '../../dist/services/trainer/fit/fit-worker.js');

/** Two threads against one on the same table. Multiplied with `fit, full depth` it gives the ratio to scikit-learn. */
export async function* threadFigures({ rounds, isQuick }: SuiteOptions): AsyncIterable<Figure> {
  const rowCount = isQuick ? 100_000 : 1_000_000;
  const table = once(() => inSharedMemory(irisLike(rowCount, SEED, null)));
  const pool = new WorkerPool(1, WORKER);
  try {
    yield {
      kind: 'ratio',
      name: 'fit, full depth, two threads',
      conditions: `${rowCount.toLocaleString('en-US')} × 4 continuous, seed ${SEED}`,
      unit: 'ms',
      isLowerBetter: true,
      rounds,
      ours: { name: 'exact, two threads', run: () => msOf(() => fitInThreads(table(), FULL, pool)) },
      yardsticks: [
        { name: 'exact, one thread', target: 1.47, run: () => msOf(async () => fitExact(table(), FULL)) },
      ],
    };
  } finally {
    await pool.close();
  }
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

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

import type { EngineName } from '../../../shared/engine/engine';
import type { Fitter } from './fitter';
import { isLargeTable } from './table-memory';
import { WorkerPool } from './worker-pool';

/**
 * A worker that fits large windows one after another stays warm. An idle worker ends after this time and gives its
 * memory back.
 */
const LARGE_IDLE_MS = 1_000;

/**
 * Fits in a worker thread, so that the trainer renews its lease and reads rows while a large window is fitted. One fit
 * runs at a time. The worker starts with the first fit and is replaced when it dies. After a large window the worker
 * ends when no other fit follows, with its table and the threads that shared the fit: beside the window they would take
 * as much memory again. After a small window it stays.
 */
export function workerFitter(engine: EngineName, threads = 1, file?: string): Fitter {
  const pool = new WorkerPool(1, file);
  let idle: NodeJS.Timeout | undefined;
  let ending: Promise<unknown> = Promise.resolve();

  const end = (): void => {
    clearTimeout(idle);
    ending = Promise.all([ending, pool.close()]);
  };

  return {
    async fit(window, limits) {
      clearTimeout(idle);
      try {
        const treeText = await pool.ask(0, { kind: 'tree', engine, window, limits, threads });
        if (isLargeTable(window.fittedRows, window.featureNames.length)) {
          idle = setTimeout(end, LARGE_IDLE_MS).unref();
        }
        return treeText;
      } catch (error) {
        // Threads of the failed fit may still write to the table's memory, which the next fit must not share with them.
        end();
        throw error;
      }
    },
    async close() {
      end();
      await ending;
    },
  };
}

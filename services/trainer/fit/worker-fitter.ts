import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EngineName } from '../../../shared/engine/engine';
import type { FitLimits } from '../../../shared/engine/training-set';
import { AlderError, type OperatingFault } from '../../../shared/errors';
import type { WindowTable } from '../window/gather-rows';
import type { Fitter } from './fitter';
import { isLargeTable } from './table-memory';
import { FIT_THREAD_LIMITS } from './thread-pool';

/** What goes to the worker, which reads the rows where they are: they must not change before its answer. */
export interface FitOrder {
  readonly engine: EngineName;
  readonly window: WindowTable;
  readonly limits: FitLimits;
  /** Threads that share a large fit. */
  readonly threads: number;
}

export type FitResult =
  | { readonly ok: true; readonly treeText: string }
  | { readonly ok: false; readonly code: OperatingFault; readonly message: string };

/** A thread that fits large windows one after another stays warm; one that has nothing to do gives its memory back. */
const LARGE_IDLE_MS = 1_000;

/**
 * Fits in a worker thread, so that the lease is renewed and rows are read while a large window is fitted. One fit at
 * a time; the thread starts with the first and is made anew if it dies. After a large window it ends when no other fit
 * follows, and takes with it the table and the threads that shared the fit: beside the window that would be as much
 * memory again. After a small one it stays.
 */
export function workerFitter(
  engine: EngineName,
  threads = 1,
  file = join(__dirname, 'fit-worker.js'),
): Fitter {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;
  let ending: Promise<unknown> = Promise.resolve();

  const start = (): Worker => {
    const started = new Worker(file, { resourceLimits: FIT_THREAD_LIMITS });
    started.unref();
    started.once('exit', () => {
      if (worker === started) worker = null;
    });
    return started;
  };

  const end = (): void => {
    clearTimeout(idle);
    ending = Promise.all([ending, worker?.terminate()]);
    worker = null;
  };

  return {
    async fit(window, limits) {
      clearTimeout(idle);
      worker ??= start();
      const result = await carryOut(worker, { engine, window, limits, threads }, () => {
        worker = null;
      });
      if (!result.ok) {
        // Its threads may still be at work in the table's memory, which the next fit must not share with them.
        end();
        throw new AlderError(result.code, result.message);
      }
      if (isLargeTable(window.fittedRows, window.featureNames.length)) {
        idle = setTimeout(end, LARGE_IDLE_MS).unref();
      }
      return result.treeText;
    },
    async close() {
      end();
      await ending;
    },
  };
}

/** `onDead` is called before it throws `fit-failed`, so that the next fit does not go to a thread that is ending. */
function carryOut(worker: Worker, order: FitOrder, onDead: () => void): Promise<FitResult> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      worker.off('message', onMessage);
      worker.off('error', onDeath);
      worker.off('exit', onDeath);
    };
    const onMessage = (message: FitResult) => {
      settle();
      resolve(message);
    };
    const onDeath = (cause: unknown) => {
      settle();
      onDead();
      reject(new AlderError('fit-failed', 'the fit worker died', { cause }));
    };
    worker.on('message', onMessage);
    worker.on('error', onDeath);
    worker.on('exit', onDeath);
    worker.postMessage(order);
  });
}

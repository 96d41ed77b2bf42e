import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EngineName } from '../../../shared/engine/engine';
import { AlderError, type OperatingFault } from '../../../shared/errors';
import type { FitLimits, TrainingSet } from '../../../shared/tree/training-set';
import type { Fitter } from './fitter';

/** What goes to the worker, which reads the rows where they are: they must not change before its answer. */
export interface FitOrder {
  readonly engine: EngineName;
  readonly rows: TrainingSet;
  readonly limits: FitLimits;
  /** Threads that share a large fit. */
  readonly threads: number;
}

export type FitResult =
  | { readonly ok: true; readonly treeText: string }
  | { readonly ok: false; readonly code: OperatingFault; readonly message: string };

/**
 * Fits in a worker thread, so that the lease is renewed and rows are read while a large window is fitted. One fit at
 * a time; the thread starts with the first and is made anew if it dies.
 */
export function workerFitter(engine: EngineName, threads = 1): Fitter {
  let worker: Worker | null = null;

  const start = (): Worker => {
    const started = new Worker(join(__dirname, 'fit-worker.js'));
    started.unref();
    started.once('exit', () => {
      if (worker === started) worker = null;
    });
    return started;
  };

  return {
    async fit(rows, limits) {
      worker ??= start();
      const running = worker;
      const order: FitOrder = { engine, rows, limits, threads };
      const result = await new Promise<FitResult>((resolve, reject) => {
        const settle = () => {
          running.off('message', onMessage);
          running.off('error', onDeath);
          running.off('exit', onDeath);
        };
        const onMessage = (message: FitResult) => {
          settle();
          resolve(message);
        };
        const onDeath = (cause: unknown) => {
          settle();
          worker = null;
          reject(new AlderError('fit-failed', 'the fit worker died', { cause }));
        };
        running.on('message', onMessage);
        running.on('error', onDeath);
        running.on('exit', onDeath);
        running.postMessage(order);
      });
      if (!result.ok) throw new AlderError(result.code, result.message);
      return result.treeText;
    },
    async close() {
      await worker?.terminate();
      worker = null;
    },
  };
}

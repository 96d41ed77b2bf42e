import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AlderError } from '../../../shared/errors';
import type { FitAnswer, FitOrder, FitResults } from './fit-orders';

/**
 * A fit lives in typed arrays. V8 collects dead arrays each time new ones have filled twice the size of the young
 * generation, so a small young generation keeps the arrays of a fit from piling up beside those of the next fit.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 2 };

/** Threads that carry out the orders of a fit. Each starts with its first order and stays for later ones. */
export class WorkerPool {
  private readonly workers: (Worker | null)[];

  /** `size` threads beside the calling one, each running `file`. */
  constructor(
    readonly size: number,
    private readonly file = join(__dirname, 'fit-worker.js'),
  ) {
    this.workers = Array.from({ length: size }, () => null);
  }

  /**
   * Has one thread carry out an order; a thread takes one order at a time. Throws `fit-failed` when the thread dies,
   * and the error of the order (`fit-failed`, `tree-too-large`) when the order fails.
   */
  ask<Kind extends FitOrder['kind']>(
    index: number,
    order: Extract<FitOrder, { kind: Kind }>,
  ): Promise<FitResults[Kind]> {
    this.workers[index] ??= this.start(index);
    const worker = this.workers[index];
    return new Promise((resolve, reject) => {
      const settle = () => {
        worker.off('message', onMessage);
        worker.off('error', onDeath);
        worker.off('exit', onDeath);
      };
      const onMessage = (answer: FitAnswer<Kind>) => {
        settle();
        if (answer.ok) resolve(answer.result);
        else reject(new AlderError(answer.code, answer.message));
      };
      const onDeath = (cause: unknown) => {
        settle();
        // The error event comes before the exit event; the next order must not go to a thread that is ending.
        this.forget(index, worker);
        reject(new AlderError('fit-failed', 'a thread of the fit died', { cause }));
      };
      worker.on('message', onMessage);
      worker.on('error', onDeath);
      worker.on('exit', onDeath);
      worker.postMessage(order);
    });
  }

  /** Ends the threads. A later order starts new ones. */
  async close(): Promise<void> {
    const workers = this.workers.slice();
    this.workers.fill(null);
    await Promise.all(workers.map((worker) => worker?.terminate()));
  }

  private start(index: number): Worker {
    const worker = new Worker(this.file, { resourceLimits: RESOURCE_LIMITS });
    worker.unref();
    worker.once('exit', () => this.forget(index, worker));
    return worker;
  }

  private forget(index: number, worker: Worker): void {
    if (this.workers[index] === worker) this.workers[index] = null;
  }
}

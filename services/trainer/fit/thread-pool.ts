import { join } from 'node:path';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { CodedColumn } from '../../../shared/engine/exact/column-codes';
import type { TrainingSet } from '../../../shared/engine/training-set';
import { AlderError } from '../../../shared/errors';
import type { Graft, SharedSubtrees } from './shared-subtrees';

export type ThreadOrder =
  | {
      readonly kind: 'code';
      readonly rows: TrainingSet;
      readonly features: readonly number[];
      readonly bucketsMax: number;
      /** Where the codes go, one array a feature of the table. */
      readonly codes: readonly Uint16Array[];
    }
  | {
      readonly kind: 'fit';
      readonly shared: SharedSubtrees;
      /** Room for the subtrees, one after the other, from `memoryFrom` on. */
      readonly memory: ArrayBufferLike;
      readonly memoryFrom: number;
    };

export type ThreadAnswer =
  | { readonly kind: 'code'; readonly columns: readonly CodedColumn[] }
  | { readonly kind: 'fit'; readonly grafts: readonly Graft[] };

/**
 * A fit lives in typed arrays. V8 looks for dead ones each time new ones have filled twice what the young generation
 * may hold, so a small one keeps those of a fit from piling up beside its successor's.
 */
export const FIT_THREAD_LIMITS: ResourceLimits = { maxYoungGenerationSizeMb: 2 };

/** Threads that help with a fit; they start with the first order and stay for the next fit. */
export class ThreadPool {
  private readonly threads: (Worker | null)[];

  /** `size` threads beside the calling one, each running `file`. */
  constructor(
    readonly size: number,
    private readonly file = join(__dirname, 'fit-thread.js'),
  ) {
    this.threads = Array.from({ length: size }, () => null);
  }

  /** Has one thread carry out an order; one order a thread at a time. Throws `fit-failed` when the thread dies. */
  ask<Kind extends ThreadOrder['kind']>(
    index: number,
    order: Extract<ThreadOrder, { kind: Kind }>,
  ): Promise<Extract<ThreadAnswer, { kind: Kind }>> {
    this.threads[index] ??= this.start(index);
    const thread = this.threads[index];
    return new Promise((resolve, reject) => {
      const settle = () => {
        thread.off('message', onMessage);
        thread.off('error', onDeath);
        thread.off('exit', onDeath);
      };
      const onMessage = (answer: Extract<ThreadAnswer, { kind: Kind }>) => {
        settle();
        resolve(answer);
      };
      const onDeath = (cause: unknown) => {
        settle();
        // An error comes before the exit; the next order must not go to a thread that is about to end.
        if (this.threads[index] === thread) this.threads[index] = null;
        reject(new AlderError('fit-failed', 'a thread of the fit died', { cause }));
      };
      thread.on('message', onMessage);
      thread.on('error', onDeath);
      thread.on('exit', onDeath);
      thread.postMessage(order);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread?.terminate()));
  }

  private start(index: number): Worker {
    const thread = new Worker(this.file, { resourceLimits: FIT_THREAD_LIMITS });
    thread.unref();
    thread.once('exit', () => {
      if (this.threads[index] === thread) this.threads[index] = null;
    });
    return thread;
  }
}

import { parentPort } from 'node:worker_threads';
import { engineByName } from '../../../shared/engine/engines';
import { codeColumn } from '../../../shared/engine/exact/column-codes';
import { ScratchArena } from '../../../shared/engine/exact/scratch-arena';
import { fitSharedSubtrees } from '../../../shared/engine/exact/subtrees';
import { isAlderError } from '../../../shared/errors';
import type { Tree } from '../../../shared/tree/tree';
import { encodeTree } from '../../../shared/tree/tree-codec';
import { gatherFitted } from '../window/gather-rows';
import { fitInThreads } from './fit-in-threads';
import type { FitAnswer, FitOrder, FitResults, TreeOrder } from './fit-orders';
import { isLargeTable, TableMemory } from './table-memory';
import { WorkerPool } from './worker-pool';

/** The entry file of each thread of a fit: the worker that fits a window, and the threads that help it. */
let helpers: WorkerPool | null = null;
const tableMemory = new TableMemory();

async function answer(order: FitOrder): Promise<FitAnswer<FitOrder['kind']>> {
  try {
    return { ok: true, result: await carryOut(order) };
  } catch (error) {
    const code = isAlderError(error, 'tree-too-large') ? 'tree-too-large' : 'fit-failed';
    return { ok: false, code, message: error instanceof Error ? error.message : String(error) };
  }
}

async function carryOut(order: FitOrder): Promise<FitResults[FitOrder['kind']]> {
  switch (order.kind) {
    case 'tree':
      return encodeTree(await fitTree(order));
    case 'code': {
      const { rows, features, bucketsMax, codes } = order;
      return features.map((feature) => codeColumn(rows, feature, bucketsMax, codes[feature]));
    }
    case 'subtrees':
      return fitSharedSubtrees(order.shared, new ScratchArena(order.memory, order.memoryFrom));
  }
}

async function fitTree({ engine: name, window, limits, threads }: TreeOrder): Promise<Tree> {
  const engine = engineByName(name);
  const features = window.featureNames.length;
  if (!isLargeTable(window.fittedRows, features)) return engine.fit(gatherFitted(window), limits);
  const table = tableMemory.take(window.fittedRows, features);
  const rows = gatherFitted(window, table);
  if (!engine.canShareFit) return engine.fit(rows, limits);
  helpers ??= new WorkerPool(threads - 1);
  return fitInThreads(rows, limits, helpers, table.arena);
}

parentPort?.on('message', async (order: FitOrder) => parentPort?.postMessage(await answer(order)));

import { parentPort } from 'node:worker_threads';
import { engineByName } from '../../../shared/engine/engines';
import { isAlderError } from '../../../shared/errors';
import type { Tree } from '../../../shared/tree/tree';
import { encodeTree } from '../../../shared/tree/tree-codec';
import { gatherFitted } from '../window/gather-rows';
import { fitInThreads } from './fit-in-threads';
import { isLargeTable, TableMemory } from './table-memory';
import { ThreadPool } from './thread-pool';
import type { FitOrder, FitResult } from './worker-fitter';

let pool: ThreadPool | null = null;
const tableMemory = new TableMemory();

async function carryOut(order: FitOrder): Promise<FitResult> {
  try {
    return { ok: true, treeText: encodeTree(await fitTree(order)) };
  } catch (error) {
    const code = isAlderError(error, 'tree-too-large') ? 'tree-too-large' : 'fit-failed';
    return { ok: false, code, message: error instanceof Error ? error.message : String(error) };
  }
}

async function fitTree({ engine, window, limits, threads }: FitOrder): Promise<Tree> {
  const features = window.featureNames.length;
  const isLarge = isLargeTable(window.fittedRows, features);
  if (!isLarge) return engineByName(engine).fit(gatherFitted(window), limits);
  const table = tableMemory.take(window.fittedRows, features);
  const rows = gatherFitted(window, table);
  if (engine !== 'exact') return engineByName(engine).fit(rows, limits);
  pool ??= new ThreadPool(threads - 1);
  return fitInThreads(rows, limits, pool, table.room);
}

parentPort?.on('message', async (order: FitOrder) => parentPort?.postMessage(await carryOut(order)));

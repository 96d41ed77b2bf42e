import { parentPort } from 'node:worker_threads';
import { engineByName } from '../../../shared/engine/engines';
import { isAlderError } from '../../../shared/errors';
import { encodeTree } from '../../../shared/tree/tree-codec';
import type { FitOrder, FitResult } from './worker-fitter';

async function fitTree({ engine, rows, limits }: FitOrder): Promise<FitResult> {
  try {
    const fitting = await engineByName(engine);
    return { ok: true, treeText: encodeTree(fitting.fit(rows, limits)) };
  } catch (error) {
    const code = isAlderError(error, 'tree-too-large') ? 'tree-too-large' : 'fit-failed';
    return { ok: false, code, message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', async (order: FitOrder) => parentPort?.postMessage(await fitTree(order)));

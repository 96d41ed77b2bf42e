import { parentPort } from 'node:worker_threads';
import { codeColumn } from '../../../shared/engine/exact/column-codes';
import { FitRoom } from '../../../shared/engine/exact/fit-room';
import { fitSharedSubtrees } from './shared-subtrees';
import type { ThreadAnswer, ThreadOrder } from './thread-pool';

/** One of the threads that share a fit: codes columns, fits subtrees. Tables are shared memory, nothing is copied. */
function carryOut(order: ThreadOrder): ThreadAnswer {
  if (order.kind === 'code') {
    return {
      kind: 'code',
      columns: order.features.map((feature) =>
        codeColumn(order.rows, feature, order.bucketsMax, order.codes[feature]),
      ),
    };
  }
  const room = new FitRoom(order.memory, order.memoryFrom);
  return { kind: 'fit', grafts: fitSharedSubtrees(order.shared, room) };
}

parentPort?.on('message', (order: ThreadOrder) => parentPort?.postMessage(carryOut(order)));

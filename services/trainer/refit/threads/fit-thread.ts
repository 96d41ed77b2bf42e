import { parentPort } from 'node:worker_threads';
import { codeColumn } from '../../../../shared/tree/fit/column-codes';
import { FitRoom } from '../../../../shared/tree/fit/fit-room';
import { fitSubtree } from '../../../../shared/tree/fit/subtrees';
import type { ThreadAnswer, ThreadOrder } from './thread-pool';

/** One of the threads that share a fit: codes columns, fits subtrees. Tables are shared memory, nothing is copied. */
function carryOut(order: ThreadOrder): ThreadAnswer {
  const { rows } = order;
  if (order.kind === 'code') {
    return {
      kind: 'code',
      columns: order.features.map((feature) =>
        codeColumn(rows, feature, order.bucketsMax, order.codes[feature]),
      ),
    };
  }
  const { columns, limits, tuning, subtrees } = order;
  const room = new FitRoom(order.memory, order.memoryFrom);
  return {
    kind: 'fit',
    grafts: subtrees.map((subtree) => ({
      node: subtree.node,
      tree: fitSubtree(rows, columns, limits, tuning, subtree, room),
    })),
  };
}

parentPort?.on('message', (order: ThreadOrder) => parentPort?.postMessage(carryOut(order)));

import { type CodedColumn, codeColumn } from '../../../shared/engine/exact/column-codes';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { ScratchArena } from '../../../shared/engine/exact/scratch-arena';
import { fitSharedSubtrees, fitTop, graft } from '../../../shared/engine/exact/subtrees';
import { tuningFor } from '../../../shared/engine/exact/tuning';
import type { FitLimits, TrainingSet } from '../../../shared/engine/training-set';
import type { Tree } from '../../../shared/tree/tree';
import type { WorkerPool } from './worker-pool';

/**
 * Nodes of at most this share of the rows, divided by the threads, are subtrees. One thread alone fits the nodes above
 * them, and each level of these takes a tenth of the fit. ScratchArena.bytesFor reckons with subtrees of this size.
 */
const SUBTREE_SHARE = 2 / 3;

/**
 * The tree of `fitExact`, made by the calling thread and those of the pool. Each thread codes a share of the columns, the
 * calling thread fits the top of the tree, and all threads fit the subtrees below it side by side. The tree does not
 * depend on which thread fits which subtree. The table and the arena lie in shared memory; after a throw, threads may still
 * write to them.
 */
export async function fitInThreads(
  rows: TrainingSet,
  limits: FitLimits,
  pool: WorkerPool,
  arena = sharedArena(rows),
): Promise<Tree> {
  const tuning = tuningFor(rows);
  const columns = await codeInThreads(rows, tuning.bucketsMax, pool, arena);
  const threads = pool.size + 1;
  if (threads === 1) return fitExact(rows, limits, tuning, () => columns, arena);
  const subtreeRowsMax = Math.ceil((rows.rowCount * SUBTREE_SHARE) / threads);
  const top = fitTop(rows, columns, limits, tuning, subtreeRowsMax, arena);
  const subtrees = [...top.subtrees].sort((a, b) => b.rowIds.length - a.rowIds.length);
  const begun = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const shared = { rows, columns, limits, tuning, subtrees, begun };
  const answers = Array.from({ length: pool.size }, (_, index) => {
    const { memory, from } = arena.subtreeArena(subtreeRowsMax, columns.length);
    return pool.ask(index, { kind: 'subtrees', shared, memory, memoryFrom: from });
  });
  const own = fitSharedSubtrees(shared, arena);
  return graft(top.tree, [...own, ...(await Promise.all(answers)).flat()]);
}

async function codeInThreads(
  rows: TrainingSet,
  bucketsMax: number,
  pool: WorkerPool,
  arena: ScratchArena,
): Promise<readonly CodedColumn[]> {
  const threads = pool.size + 1;
  const features = rows.columns.map((_, feature) => feature);
  const codes = features.map(() => arena.uint16(rows.rowCount));
  const shareOf = (thread: number) => features.filter((feature) => feature % threads === thread);
  const answers = Array.from({ length: pool.size }, (_, index) =>
    pool.ask(index, { kind: 'code', rows, features: shareOf(index + 1), bucketsMax, codes }),
  );
  const coded: CodedColumn[] = [];
  for (const feature of shareOf(0)) coded[feature] = codeColumn(rows, feature, bucketsMax, codes[feature]);
  for (const [index, columns] of (await Promise.all(answers)).entries()) {
    for (const [i, feature] of shareOf(index + 1).entries()) coded[feature] = columns[i]!;
  }
  return coded;
}

function sharedArena({ rowCount, columns }: TrainingSet): ScratchArena {
  return new ScratchArena(new SharedArrayBuffer(ScratchArena.bytesFor(rowCount, columns.length)));
}

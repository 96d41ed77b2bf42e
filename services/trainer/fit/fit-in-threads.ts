import { type CodedColumn, codeColumn } from '../../../shared/engine/exact/column-codes';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { FitRoom } from '../../../shared/engine/exact/fit-room';
import { fitTop, graft } from '../../../shared/engine/exact/subtrees';
import { tuningFor } from '../../../shared/engine/exact/tuning';
import type { FitLimits, TrainingSet } from '../../../shared/engine/training-set';
import type { Tree } from '../../../shared/tree/tree';
import { fitSharedSubtrees } from './shared-subtrees';
import { isLargeTable } from './table-memory';
import type { ThreadPool } from './thread-pool';

/**
 * Nodes of at most this share of the rows, divided by the threads, are subtrees: what is above them is one thread's work,
 * and each level of it takes a tenth of the fit. The room is made for them (FitRoom).
 */
const SUBTREE_SHARE = 2 / 3;

/** True where a fit is large enough for several threads, and its table is in shared memory. */
export function paysInThreads(rows: TrainingSet): boolean {
  const isShared = [...rows.columns, rows.classes].every(({ buffer }) => buffer instanceof SharedArrayBuffer);
  return isShared && isLargeTable(rows.rowCount, rows.columns.length);
}

/**
 * The tree of `fitExact`, made by this thread and those of the pool: columns are coded a share each, this thread fits
 * the top of the tree, and the subtrees below it are fitted side by side. Which thread fits what changes nothing. The
 * table and the room are shared memory; when it throws, threads may still be at work in them.
 */
export async function fitInThreads(
  rows: TrainingSet,
  limits: FitLimits,
  pool: ThreadPool,
  room = sharedRoom(rows),
): Promise<Tree> {
  const tuning = tuningFor(rows);
  const columns = await codeInThreads(rows, tuning.bucketsMax, pool, room);
  const threads = pool.size + 1;
  if (threads === 1) {
    return fitExact(rows, limits, tuning, () => columns, room);
  }
  const subtreeRowsMax = Math.ceil((rows.rowCount * SUBTREE_SHARE) / threads);
  const top = fitTop(rows, columns, limits, tuning, subtreeRowsMax, room);
  const subtrees = [...top.subtrees].sort((a, b) => b.numbers.length - a.numbers.length);
  const begun = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const shared = { rows, columns, limits, tuning, subtrees, begun };
  const answers = Array.from({ length: pool.size }, (_, index) => {
    const { memory, from } = room.partForSubtrees(subtreeRowsMax, columns.length);
    return pool.ask(index, { kind: 'fit', shared, memory, memoryFrom: from });
  });
  const grafts = fitSharedSubtrees(shared, room);
  for (const answer of await Promise.all(answers)) grafts.push(...answer.grafts);
  return graft(top.tree, grafts);
}

async function codeInThreads(
  rows: TrainingSet,
  bucketsMax: number,
  pool: ThreadPool,
  room: FitRoom,
): Promise<readonly CodedColumn[]> {
  const threads = pool.size + 1;
  const features = rows.columns.map((_, feature) => feature);
  const codes = features.map(() => room.codes(rows.rowCount));
  const shareOf = (thread: number) => features.filter((feature) => feature % threads === thread);
  const answers = Array.from({ length: pool.size }, (_, index) =>
    pool.ask(index, { kind: 'code', rows, features: shareOf(index + 1), bucketsMax, codes }),
  );
  const coded: CodedColumn[] = [];
  for (const feature of shareOf(0)) coded[feature] = codeColumn(rows, feature, bucketsMax, codes[feature]);
  for (const [index, { columns }] of (await Promise.all(answers)).entries()) {
    for (const [i, feature] of shareOf(index + 1).entries()) coded[feature] = columns[i]!;
  }
  return coded;
}

function sharedRoom({ rowCount, columns }: TrainingSet): FitRoom {
  return new FitRoom(new SharedArrayBuffer(FitRoom.bytesFor(rowCount, columns.length)));
}

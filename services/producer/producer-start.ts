import { invariant } from '../../shared/errors';
import type { PartitionBounds } from '../../shared/row-log/row-log';
import type { ProducerOptions } from './producer-options';
import { findLastMessages, type LastMessages, type Layout } from './resume';
import { checkAgainstSource } from './resume-check';
import { DEFAULT_RETRY, retried } from './retry';
import { waitForTurn } from './turn';
import type { WaitingRows } from './waiting-rows';

/** Where a pass begins. `last` names nothing without resume, so every row counts as missing. */
export interface PassStart {
  readonly bounds: readonly PartitionBounds[];
  readonly layout: Layout;
  readonly last: LastMessages;
}

/**
 * Waits for the turn, then asks the log where each partition ends and, with resume, which rows it holds already.
 * Null when the signal aborted first. Throws `resume-impossible`, and the log's fault once the retry policy is used up.
 */
export async function findStart(options: ProducerOptions, waiting: WaitingRows): Promise<PassStart | null> {
  const { log, rows, schema, rowsPerMessage, resume, clock, signal } = options;
  if ((await waitForTurn(options.isAllowed ?? (() => true), clock, signal)) === 'stopped') return null;
  const look = async () => {
    const bounds = await log.bounds();
    invariant(
      bounds.length > 0 && bounds.every(({ partition }, i) => partition === i),
      'a row log numbers its partitions from 0 without a gap',
    );
    const layout = { file: rows.file, rowsPerMessage, partitionCount: bounds.length };
    const last = resume ? await findLastMessages(log, bounds, layout, signal) : bounds.map(() => null);
    return { bounds, layout, last };
  };
  const start = await retried(
    () => waiting.during(look),
    options.retry ?? DEFAULT_RETRY,
    clock,
    signal,
    (error) => waiting.met(error),
  );
  if (start === null || signal.aborted) return null;
  waiting.over();
  await checkAgainstSource(rows, schema, start.last, start.layout);
  return start;
}

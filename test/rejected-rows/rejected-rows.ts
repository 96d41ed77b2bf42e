import { randomUUID } from 'node:crypto';
import { type ReplayOptions, replayRejected } from '../../services/rejected-rows/replay-rejected';
import type { RowFault } from '../../shared/errors';
import { replayOf } from '../../shared/row-log/rejected-messages';
import type { RejectedRow, RowLog } from '../../shared/row-log/row-log';
import type { MemoryRowLog } from '../support/memory-row-log';

/** A row that was rejected at an offset of partition 0, or as told. */
export function rejectedAt(offset: number, more: Partial<RejectedRow> = {}): RejectedRow {
  const bytes = Buffer.from(`row ${offset}`);
  return { partition: 0, offset, line: 0, reason: 'unknown-class', attempt: 1, bytes, ...more };
}

/** One run of a replay; unless told otherwise of all reasons, five times a row, to its end. */
export function replayed(log: RowLog, changes: Partial<ReplayOptions> = {}) {
  return replayRejected({
    log,
    run: randomUUID(),
    reason: null,
    attemptsMax: 5,
    isDryRun: false,
    signal: new AbortController().signal,
    ...changes,
  });
}

/** What was sent again and stands in a partition, as `row 7 of 0/7/0, origin 0/7/0, attempt 1`. */
export function sentAgain(log: MemoryRowLog, partition = 0): string[] {
  return log.messages(partition).flatMap(({ text, headers }) => {
    const replay = headers === null ? null : replayOf(headers);
    if (replay === null) return [];
    const [row, origin] = [replay.row, replay.origin].map((at) => `${at.partition}/${at.offset}/${at.line}`);
    return [`${text} of ${row}, origin ${origin}, attempt ${replay.attempt}`];
  });
}

/** Has the newest message of partition 0 rejected once more, as a trainer does. */
export async function rejectAgain(log: MemoryRowLog, reason: RowFault = 'unknown-class'): Promise<void> {
  const { offset, text, headers } = log.messages(0).at(-1)!;
  const { origin, attempt } = replayOf(headers!)!;
  const bytes = Buffer.from(text!);
  await log.appendRejected([rejectedAt(offset, { reason, bytes, origin, attempt: attempt + 1 })]);
}

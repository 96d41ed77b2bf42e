import { createHash } from 'node:crypto';
import type { PartitionLineage } from '../../shared/model-registry/version-record';
import type { PlainMessage } from './plain-log';

export interface PlainCut {
  readonly partition: number;
  readonly next: number;
  /** The same partition's lineage in the version before; null for the first. */
  readonly before: PartitionLineage | null;
  /** The largest number of window rows that may come from this partition. */
  readonly quotaRows: number;
}

/** One partition's lineage at a cut, counted from the messages of a log that starts at offset 0. */
export function plainLineage(
  all: readonly PlainMessage[],
  { partition, next, before, quotaRows }: PlainCut,
): PartitionLineage {
  const messages = all.filter((message) => message.partition === partition && message.offset < next);
  const last = messages.at(-1);
  return {
    partition,
    start: '0',
    windowFrom: String(plainWindowFrom(messages, next, quotaRows, Number(before?.windowFrom ?? 0))),
    batchFrom: before?.next ?? '0',
    next: String(next),
    messages: messages.length,
    accepted: messages.reduce((sum, { rows }) => sum + rows.length, 0),
    rejected: messages.reduce((sum, { rejected }) => sum + rejected, 0),
    skipped: next - messages.length,
    last:
      last === undefined
        ? null
        : {
            offset: String(last.offset),
            sha256: createHash('sha256').update(last.bytes).digest('hex'),
            timestampMs: last.timestampMs,
          },
  };
}

/**
 * The beginning of the window, found by trying every offset: the lowest one with at most `quotaRows` rows up to `next`,
 * but not below the parent's `windowFrom`. When the last message with rows exceeds the quota, the window is that message.
 */
export function plainWindowFrom(
  messages: readonly PlainMessage[],
  next: number,
  quotaRows: number,
  before: number,
): number {
  const rowsFrom = (from: number) =>
    messages
      .filter(({ offset }) => offset >= from && offset < next)
      .reduce((sum, { rows }) => sum + rows.length, 0);
  let lowest = 0;
  while (rowsFrom(lowest) > quotaRows) lowest++;
  const lastWithRows = messages.findLast(({ offset, rows }) => offset < next && rows.length > 0);
  const isAlone = rowsFrom(lowest) === 0 && lastWithRows !== undefined;
  return Math.max(before, isAlone ? Math.min(lowest, lastWithRows.offset) : lowest);
}

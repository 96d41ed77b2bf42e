import { createHash } from 'node:crypto';
import type { PartitionLineage } from '../../shared/model-registry/version-record';
import type { PlainMessage } from './plain-log';

export interface PlainCut {
  readonly partition: number;
  readonly next: number;
  /** The same partition's lineage in the version before; null for the first. */
  readonly before: PartitionLineage | null;
  /** The most rows of the window that may come from this partition. */
  readonly quotaRows: number;
}

/** One partition's lineage at a cut, counted from the messages. The log of a scenario starts at offset 0. */
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
 * The larger of the parent's `windowFrom` and the lowest offset with at most `quotaRows` rows from there to `next`, or
 * the last message that has rows when it alone has more: every offset is tried.
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

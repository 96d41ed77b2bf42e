import { isAlderError } from '../../../shared/errors';
import type { PartitionLineage, VersionRecord } from '../../../shared/model-registry/version-record';
import type { PartitionBounds, ReadBounds, RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';
import { valueSha256 } from '../read/pending-messages';
import { logRangeGone, logReplaced } from './log-faults';

/** Throws `log-replaced` unless kind, cluster and topic are those that the record names. */
export function checkLogIdentity({ identity }: RowLog, { log, version }: VersionRecord): void {
  const { kind, clusterId, topic } = identity;
  if (log.kind === kind && log.clusterId === clusterId && log.topic === topic) return;
  throw logReplaced(
    `version ${version} was read from ${log.kind} ${log.clusterId} ${log.topic}, this is ${kind} ${clusterId} ${topic}`,
  );
}

/** Throws `log-range-gone` when retention passed what the record has not read yet. */
export function checkRetention(record: VersionRecord, bounds: readonly PartitionBounds[]): void {
  for (const { partition, next } of record.lineage) {
    const found = bounds[partition];
    if (found !== undefined && found.earliest > Number(next)) {
      throw logRangeGone(partition, Number(next), found.earliest);
    }
  }
}

/** A leader that was just elected may not know at once how far its partition reaches. */
const CONFIRM_MS = 2_000;

/**
 * The log's content must be the record's own: as long at least, and with the same last message below `next`. A log of
 * the same name that was made anew looks all right from its offsets alone once it has grown. Throws `log-replaced`.
 */
export async function checkLogContent(
  rowLog: RowLog,
  record: VersionRecord,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let bounds = await rowLog.bounds();
  if (record.lineage.some((lineage) => isShort(lineage, bounds[lineage.partition]))) {
    await clock.sleep(CONFIRM_MS, signal);
    if (signal.aborted) return;
    bounds = await rowLog.bounds();
  }
  for (const lineage of record.lineage) {
    const { partition, next, last } = lineage;
    const found = bounds[partition];
    if (found === undefined || isShort(lineage, found)) {
      throw logReplaced(
        `partition ${partition} ends at ${found?.end ?? 'nothing'}, version ${record.version} read to ${next}`,
      );
    }
    if (last !== null && Number(last.offset) >= found.earliest) {
      await checkLast(rowLog, partition, last, signal);
    }
  }
}

function isShort({ next }: PartitionLineage, found: PartitionBounds | undefined): boolean {
  return found === undefined || found.end < Number(next);
}

const ONE_MESSAGE: ReadBounds = { blockMessagesMax: 1, blockBytesMax: 1, waitMsMax: 250 };

async function checkLast(
  rowLog: RowLog,
  partition: number,
  last: NonNullable<PartitionLineage['last']>,
  signal: AbortSignal,
): Promise<void> {
  const from = Number(last.offset);
  try {
    for await (const block of rowLog.readRange({ partition, from, next: from + 1 }, ONE_MESSAGE, signal)) {
      const at = block.offsets.indexOf(from);
      if (at < 0) continue;
      const isSame =
        valueSha256(block.values[at]!) === last.sha256 && block.timestampsMs[at] === last.timestampMs;
      if (isSame) return;
      throw logReplaced(`message ${from} of partition ${partition} is not the one that the record names`);
    }
  } catch (error) {
    // Retention took it a moment ago, and nothing can be said; the next record names a later one.
    if (isAlderError(error, 'log-range-gone')) return;
    throw error;
  }
  if (!signal.aborted) throw logReplaced(`message ${from} of partition ${partition} is not there`);
}

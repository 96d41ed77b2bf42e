import { AlderError, isAlderError } from '../../../shared/errors';
import type { PartitionLineage, VersionRecord } from '../../../shared/model-registry/version-record';
import type { PartitionBounds, ReadBounds, RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';
import { checkNotLost } from '../read/intake';
import { valueSha256 } from '../read/read-block';

/** Throws `log-replaced` unless kind, cluster and topic are the record's. */
export function checkLogIdentity({ identity }: RowLog, { log, version }: VersionRecord): void {
  const { kind, clusterId, topic } = identity;
  if (log.kind === kind && log.clusterId === clusterId && log.topic === topic) return;
  throw logReplaced(
    version,
    `version ${version} was read from ${log.kind} ${log.clusterId} ${log.topic}, this is ${kind} ${clusterId} ${topic}`,
  );
}

/** Throws `log-range-gone` when retention has deleted messages behind the record's `next`. */
export function checkRetention(record: VersionRecord, bounds: readonly PartitionBounds[]): void {
  for (const { partition, next } of record.lineage) checkNotLost(bounds, partition, Number(next));
}

/** A leader that was just elected may not know at once how far its partition reaches. */
const CONFIRM_MS = 2_000;

/**
 * Checks that the log's content is the record's: every partition reaches `next`, and the last message below `next` is
 * the same. Offsets alone do not tell a log from another one of the same name that has grown as long. Throws
 * `log-replaced`.
 */
export async function checkLogContent(
  rowLog: RowLog,
  record: VersionRecord,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let bounds = byPartition(await rowLog.bounds());
  if (record.lineage.some((lineage) => isShort(lineage, bounds.get(lineage.partition)))) {
    await clock.sleep(CONFIRM_MS, signal);
    if (signal.aborted) return;
    bounds = byPartition(await rowLog.bounds());
  }
  for (const lineage of record.lineage) {
    const { partition, next, last } = lineage;
    const found = bounds.get(partition);
    if (found === undefined || isShort(lineage, found)) {
      throw logReplaced(
        record.version,
        `partition ${partition} ends at ${found?.end ?? 'nothing'}, version ${record.version} read to ${next}`,
        { partition },
      );
    }
    if (last !== null && Number(last.offset) >= found.earliest) {
      await checkLast(rowLog, record.version, partition, last, signal);
    }
  }
}

/** While versions are published: a topic that was deleted and created again is found this soon. */
const CHECK_MS = 2_000;
/** While there is no new version. */
const IDLE_CHECK_MS = 10_000;
/** A check takes three short calls a partition; with many partitions checks become rarer, to 1 % of the time. */
const COST_SHARE_MAX = 0.01;

/**
 * Checks again and again, while the trainer reads, that the log is still the one that the versions were made from. A
 * topic that is deleted and created again between two fetches gives no error, and its offsets look right once it has
 * grown past the position: only the message that a record names as `last` tells the difference. Throws `log-replaced`.
 *
 * A check uses the record that was the newest one at the check before, since the newest one may have been read from the
 * new log already. Within the seconds between two checks a version may thus be made of rows of both logs; it is then the
 * last version.
 */
export async function watchLog(
  { rowLog, clock }: { readonly rowLog: RowLog; readonly clock: Clock },
  versions: Readonly<Record<'newest' | 'first', { readonly record: VersionRecord } | null>>,
  signal: AbortSignal,
): Promise<void> {
  let known = versions.newest;
  let checked = known;
  let checkedAtMs = clock.monotonicMs();
  let costMs = 0;
  while (!signal.aborted) {
    await clock.sleep(CHECK_MS, signal);
    const { newest } = versions;
    known ??= versions.first;
    const beganMs = clock.monotonicMs();
    const pauseMs = Math.max(newest === checked ? IDLE_CHECK_MS : CHECK_MS, costMs / COST_SHARE_MAX);
    if (signal.aborted || beganMs - checkedAtMs < pauseMs) continue;
    try {
      if (known !== null) await checkLogContent(rowLog, known.record, clock, signal);
      checked = known;
      known = newest;
      checkedAtMs = clock.monotonicMs();
      costMs = checkedAtMs - beganMs;
    } catch (error) {
      if (!isLogAway(error)) throw error;
    }
  }
}

/**
 * True for an error that a watcher of the log waits out: the log is away, or the topic is missing and may come back. The
 * reader of the log meets the same error and decides whether the trainer stops.
 */
export function isLogAway(error: unknown): error is AlderError {
  return isAlderError(error) && (error.canRetry || error.code === 'topic-missing');
}

export function byPartition(bounds: readonly PartitionBounds[]): ReadonlyMap<number, PartitionBounds> {
  return new Map(bounds.map((each) => [each.partition, each]));
}

/** The error of a log that is not the one of a version. */
export function logReplaced(
  version: number,
  found: string,
  fields: Readonly<Record<string, string | number>> = {},
): AlderError {
  return new AlderError('log-replaced', `the log is not the one of the newest version: ${found}`, {
    hint: 'point the trainer at the log that made the model, or train another model (--model) from this one',
    fields: { version, ...fields },
  });
}

function isShort({ next }: PartitionLineage, found: PartitionBounds | undefined): boolean {
  return found === undefined || found.end < Number(next);
}

const ONE_MESSAGE: ReadBounds = { blockMessagesMax: 1, blockBytesMax: 1, waitMsMax: 250 };

async function checkLast(
  rowLog: RowLog,
  version: number,
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
      throw logReplaced(
        version,
        `message ${from} of partition ${partition} is not the one that the record names`,
        {
          partition,
          offset: from,
        },
      );
    }
  } catch (error) {
    // Retention deleted the message a moment ago, so it cannot be compared; the next record names a later one.
    if (isAlderError(error, 'log-range-gone')) return;
    throw error;
  }
  if (signal.aborted) return;
  throw logReplaced(version, `message ${from} of partition ${partition} is not there`, {
    partition,
    offset: from,
  });
}

import { type Replay, type ReplayContext, replayVersion } from '../services/trainer/resume/replay';
import { isAlderError } from '../shared/errors';
import { decodeVersionRecord, type VersionRecord } from '../shared/model-registry/version-record';
import type { PartitionBounds } from '../shared/row-log/row-log';
import { treeDigest } from '../shared/tree/tree-codec';

/**
 * `equal`: all parts were compared and agree. `partly-compared`: the compared parts agree, but its parent or its champion
 * is retired. `not-covered`: the log no longer holds its rows, or this code lacks its engine.
 */
type ReplayOutcome = 'equal' | 'differs' | 'partly-compared' | 'not-covered';

export interface StoredReplay {
  readonly version: number;
  readonly outcome: ReplayOutcome;
  /** The differences, or why a part was not compared. */
  readonly reasons: readonly string[];
}

/** Replays one stored version. Throws only errors that concern every version, such as `schema-differs`. */
export async function replayStored(context: ReplayContext, version: number): Promise<StoredReplay> {
  const { rowLog, registry } = context;
  // The record is loaded last: when a trainer retires the version in between, the missing record explains the missing tree.
  const treeText = await registry.loadTree(version);
  const recordText = await registry.loadRecord(version);
  const came = (outcome: ReplayOutcome, ...reasons: string[]) => ({ version, outcome, reasons });
  if (recordText === null) return came('not-covered', 'it was retired meanwhile');
  try {
    const record = decodeVersionRecord(recordText);
    const { kind, clusterId, topic } = record.log;
    const log = rowLog.identity;
    if (log.kind !== kind || log.clusterId !== clusterId || log.topic !== topic)
      return came('differs', `it was made from the log ${kind} ${clusterId} ${topic}`);
    if (treeText === null || treeDigest(treeText) !== record.tree.digest)
      return came('differs', `the stored tree is not the record's ${record.tree.digest}`);
    const ends = await rowLog.bounds();
    const beyond = record.lineage.find(({ partition, next }) => Number(next) > (ends[partition]?.end ?? 0));
    if (beyond !== undefined)
      return came(
        'differs',
        `it read partition ${beyond.partition} to ${beyond.next}, where the log has no rows`,
      );
    const gone = goneOf(record, ends);
    if (gone !== null) return came('not-covered', gone);
    return summary(await replayVersion(context, record));
  } catch (error) {
    if (isAlderError(error, 'log-range-gone', 'replay-differs')) return came('not-covered', error.message);
    if (isAlderError(error, 'record-invalid', 'tree-invalid', 'digest-mismatch', 'fit-failed', 'invariant'))
      return came('differs', error.message);
    throw error;
  }
}

function goneOf(record: VersionRecord, bounds: readonly PartitionBounds[]): string | null {
  for (const { partition, windowFrom, batchFrom } of record.lineage) {
    const from = Math.min(Number(windowFrom), Number(batchFrom));
    const { earliest } = bounds[partition]!;
    if (from < earliest)
      return `it needs offset ${from} of partition ${partition}, the log begins at ${earliest}`;
  }
  return null;
}

function summary({ version, checks, skipped }: Replay): StoredReplay {
  const differing = checks.filter(({ equal }) => !equal);
  if (differing.length > 0) {
    const reasons = differing.map(
      ({ what, recorded, replayed }) => `${what}: recorded ${recorded}, replayed ${replayed}`,
    );
    return { version, outcome: 'differs', reasons };
  }
  return { version, outcome: skipped.length === 0 ? 'equal' : 'partly-compared', reasons: skipped };
}

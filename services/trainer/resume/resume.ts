import { AlderError, isAlderError } from '../../../shared/errors';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { type Schema, schemaDigest } from '../../../shared/row/schema';
import type { OffsetMirror } from '../../../shared/row-log/offset-mirror';
import type { PartitionBounds, RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { Settings } from '../../../shared/settings/settings';
import {
  byPartition,
  checkLogContent,
  checkLogIdentity,
  checkRetention,
  logReplaced,
} from '../guard/check-log';
import { checkRegistry, readCommitMetadata } from '../guard/check-registry';
import { restoreBreaker } from '../guard/paused-partitions';
import { Breaker } from '../read/breaker';
import { PartitionIntake } from '../read/partition-intake';
import { rebuildWindow } from '../read/read-block';
import { type KnownVersion, loadKnownVersion, loadStored } from '../versions/live-versions';
import { rowsDigest } from '../window/rows-digest';

interface ResumeParts {
  readonly rowLog: RowLog;
  readonly registry: ModelRegistry;
  readonly mirror: OffsetMirror | null;
  readonly schema: Schema;
  readonly settings: Pick<Settings, 'startAt' | 'holdoutShare' | 'skipBreaker' | 'acceptRegistry'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The state that a term starts with. */
interface Resumed {
  readonly newest: KnownVersion | null;
  /** In partition order. */
  readonly intakes: PartitionIntake[];
  /** Ends of the partitions when the term began: without a version yet, the first cut waits for them. */
  readonly ends: readonly PartitionBounds[];
}

/**
 * Every term begins here. The newest record is the truth, unless the registry has regressed: the log must still be the
 * one that the record names, and the record's window is read again. `lastPublished` is the last version of this process.
 * Throws `registry-regressed`, `log-replaced`, `log-range-gone`, `schema-differs`, `holdout-differs`.
 */
export async function resume(
  parts: ResumeParts,
  signal: AbortSignal,
  lastPublished: VersionRecord | null = null,
): Promise<Resumed> {
  const { registry, rowLog, schema, settings, clock } = parts;
  const remembered = await readCommitMetadata(parts, signal);
  const state = await registry.loadState();
  await checkRegistry(parts, state.newest, lastPublished, remembered);
  const bounds = await awaitBounds(parts, signal);
  const startingAt = (partition: number, offset: number) => {
    const breaker = new Breaker(undefined, !settings.skipBreaker);
    return PartitionIntake.startingAt(partition, schema.features.length, offset, breaker);
  };
  if (state.newest === null) {
    const intakes = bounds.map(({ partition, earliest, end }) =>
      startingAt(partition, settings.startAt === 'earliest' ? earliest : end),
    );
    return { newest: null, intakes, ends: bounds };
  }
  const newest = await loadNewest(registry, state.newest.version);
  const { record } = newest;
  checkFixedSettings(record, schema, settings.holdoutShare);
  checkLogIdentity(rowLog, record);
  await checkLogContent(rowLog, record, clock, signal);
  const { intakes, ends } = await rebuildIntakes(parts, record, bounds, signal);
  const known = new Set(intakes.map(({ partition }) => partition));
  for (const { partition, earliest } of ends) {
    if (!known.has(partition)) intakes.push(startingAt(partition, earliest));
  }
  return { newest, intakes, ends };
}

/** A topic that is being created again is missing for a moment. */
const MISSING_MS_MAX = 5_000;
const MISSING_PAUSE_MS = 250;

/** The log's bounds. Throws `topic-missing` when the topic stays missing. */
async function awaitBounds(
  { rowLog, clock }: Pick<ResumeParts, 'rowLog' | 'clock'>,
  signal: AbortSignal,
): Promise<PartitionBounds[]> {
  const sinceMs = clock.monotonicMs();
  for (;;) {
    try {
      return await rowLog.bounds();
    } catch (error) {
      const isLate = clock.monotonicMs() - sinceMs >= MISSING_MS_MAX;
      if (!isAlderError(error, 'topic-missing') || isLate || signal.aborted) throw error;
      await clock.sleep(MISSING_PAUSE_MS, signal);
    }
  }
}

/**
 * The newest version. Between the reading of the state and this call, a publish whose reply was lost may arrive late: it
 * makes a newer version, and where few versions are kept it retires this one. Throws `record-invalid` when the newest
 * version is not stored.
 */
async function loadNewest(registry: ModelRegistry, version: number): Promise<KnownVersion> {
  const found = await loadKnownVersion(registry, version);
  if (found !== null) return found;
  const later = (await registry.loadState()).newest?.version ?? 0;
  return later > version ? loadNewest(registry, later) : loadStored(registry, version);
}

/**
 * Rebuilds the window from the log; also gives the bounds of the log that it was rebuilt within. Retention may delete
 * rows during the reading. Below `next` the record has counted them already, so the window is read again from the new
 * earliest offset. Each repetition finds a higher earliest offset, and one above `next` is a loss, so the repetitions
 * end. Throws `log-range-gone` for a loss, and for a missing range although the earliest offsets have not moved.
 */
async function rebuildIntakes(
  parts: ResumeParts,
  record: VersionRecord,
  bounds: readonly PartitionBounds[],
  signal: AbortSignal,
): Promise<{ readonly intakes: PartitionIntake[]; readonly ends: readonly PartitionBounds[] }> {
  for (let ends = bounds; ; ) {
    checkRetention(record, ends);
    try {
      return { intakes: await rebuild(parts, record, ends, signal), ends };
    } catch (error) {
      if (!isAlderError(error, 'log-range-gone')) throw error;
      const before = byPartition(ends);
      ends = await awaitBounds(parts, signal);
      const hasMoved = ends.some(
        ({ partition, earliest }) => earliest > (before.get(partition)?.earliest ?? earliest),
      );
      if (!hasMoved) throw error;
    }
  }
}

async function rebuild(
  parts: ResumeParts,
  record: VersionRecord,
  bounds: readonly PartitionBounds[],
  signal: AbortSignal,
): Promise<PartitionIntake[]> {
  const { rowLog, schema, log } = parts;
  const { version, lineage } = record;
  const found = byPartition(bounds);
  const earliestOf = (partition: number) => found.get(partition)!.earliest;
  const from = lineage.map((each) => Math.max(Number(each.windowFrom), earliestOf(each.partition)));
  const stores = await rebuildWindow(rowLog, schema, record, { from, signal });
  if (lineage.some(({ windowFrom }, i) => from[i] !== Number(windowFrom))) {
    log.warn(
      'window-shortened',
      'retention deleted the oldest rows of the window; the next version is fitted on the rest',
      { version },
    );
  } else if (!signal.aborted) {
    const digest = rowsDigest(stores.map((store) => ({ store, from: 0, end: store.rows.rowCount })));
    if (digest !== record.rows.digest) {
      throw logReplaced(
        version,
        `the window of version ${version} reads as ${digest}, its record says ${record.rows.digest}`,
      );
    }
  }
  const intakes: PartitionIntake[] = [];
  for (const [i, each] of lineage.entries()) {
    const progress = {
      start: Number(each.start),
      windowFrom: from[i]!,
      next: Number(each.next),
      messages: each.messages,
      accepted: each.accepted,
      rejected: each.rejected,
      last: each.last,
    };
    const breaker = await restoreBreaker(parts, each, earliestOf(each.partition), signal);
    intakes.push(new PartitionIntake(stores[i]!, progress, breaker));
  }
  return intakes;
}

function checkFixedSettings(
  { model, schemaDigest: theirs, settings }: VersionRecord,
  schema: Schema,
  holdoutShare: number,
): void {
  const ours = schemaDigest(schema);
  if (theirs !== ours) {
    throw new AlderError(
      'schema-differs',
      `model ${model} was made with the schema ${theirs}, this trainer has ${ours}`,
      {
        hint: 'give the schema of version 1, or train another model (--model) from another topic or data folder',
        fields: { model, modelSchema: theirs, trainerSchema: ours },
      },
    );
  }
  if (settings.holdoutShare !== holdoutShare) {
    throw new AlderError(
      'holdout-differs',
      `model ${model} holds out ${settings.holdoutShare} of its rows, this trainer would ${holdoutShare}`,
      {
        hint: `start with --holdout-share ${settings.holdoutShare}, or train another model (--model)`,
        fields: { model, modelShare: settings.holdoutShare, trainerShare: holdoutShare },
      },
    );
  }
}

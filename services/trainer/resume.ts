import { AlderError, isAlderError } from '../../shared/errors';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { schemaDigest } from '../../shared/row/schema';
import type { PartitionBounds } from '../../shared/row-log/row-log';
import { Breaker } from './breaker/breaker';
import { recallBreaker } from './breaker/recall-breaker';
import { checkLogContent, checkLogIdentity, checkRetention } from './guard/check-log';
import { checkRegistry, readMark } from './guard/check-registry';
import { logReplaced } from './guard/log-faults';
import { PartitionIntake } from './intake/partition-intake';
import { type KnownVersion, loadKnownVersion } from './known-version';
import { rebuildWindow } from './rebuild-window';
import type { TrainerContext } from './trainer-context';
import { rowsDigest } from './window/window-rows';

/** Where a trainer that becomes active goes on from. */
export interface Resumed {
  readonly newest: KnownVersion | null;
  readonly intakes: PartitionIntake[];
  /** Ends of the partitions when the trainer began: without a version yet, the first cut waits for them. */
  readonly ends: readonly PartitionBounds[];
}

/**
 * Becoming active always begins here. The newest record is the truth, unless the registry knows less than it did: the
 * log must still be the one that the record names, and its window is read again. `lastPublished` is what this process
 * made itself. Throws `registry-regressed`, `log-replaced`, `log-range-gone`, `schema-differs`, `holdout-differs`.
 */
export async function resume(
  context: TrainerContext,
  signal: AbortSignal,
  lastPublished: VersionRecord | null = null,
): Promise<Resumed> {
  const { registry, rowLog, schema, settings, clock } = context;
  const remembered = await readMark(context, signal);
  const state = await registry.loadState();
  await checkRegistry(context, state.newest, lastPublished, remembered);
  const bounds = await knownBounds(context, signal);
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
  const newest = await loadKnownVersion(registry, state.newest.version);
  if (newest === null) {
    throw new AlderError('record-invalid', `version ${state.newest.version} is the newest but is not stored`);
  }
  const { record } = newest;
  checkFixedSettings(record, context);
  checkLogIdentity(rowLog, record);
  await checkLogContent(rowLog, record, clock, signal);
  checkRetention(record, bounds);
  const intakes = await rebuild(context, record, bounds, signal);
  for (const { partition, earliest } of bounds.slice(intakes.length)) {
    intakes.push(startingAt(partition, earliest));
  }
  return { newest, intakes, ends: bounds };
}

function checkFixedSettings(record: VersionRecord, { schema, settings }: TrainerContext): void {
  const ours = schemaDigest(schema);
  if (record.schemaDigest !== ours) {
    throw new AlderError(
      'schema-differs',
      `model ${record.model} was made with the schema ${record.schemaDigest}, this trainer has ${ours}`,
      {
        hint: 'give the schema of version 1, or train another model (--model) from another topic or data folder',
      },
    );
  }
  if (record.settings.holdoutShare !== settings.holdoutShare) {
    throw new AlderError(
      'holdout-differs',
      `model ${record.model} holds out ${record.settings.holdoutShare} of its rows, this trainer would ${settings.holdoutShare}`,
      {
        hint: `start with --holdout-share ${record.settings.holdoutShare}, or train another model (--model)`,
      },
    );
  }
}

async function rebuild(
  context: TrainerContext,
  record: VersionRecord,
  bounds: readonly PartitionBounds[],
  signal: AbortSignal,
): Promise<PartitionIntake[]> {
  const { rowLog, schema, log } = context;
  const from = record.lineage.map((p) => Math.max(Number(p.windowFrom), bounds[p.partition]!.earliest));
  const stores = await rebuildWindow(rowLog, schema, record, { from, signal });
  const isWhole = record.lineage.every((p, i) => from[i] === Number(p.windowFrom));
  if (!isWhole) {
    log.warn(
      'window-shortened',
      'retention took the head of the window; the next version is fitted on what is left',
    );
  } else if (!signal.aborted) {
    const found = rowsDigest(stores.map((store) => ({ store, from: 0, end: store.rows.rowCount })));
    if (found !== record.rows.digest) {
      throw logReplaced(
        `the window of version ${record.version} reads as ${found}, its record says ${record.rows.digest}`,
      );
    }
  }
  const intakes: PartitionIntake[] = [];
  for (const [i, lineage] of record.lineage.entries()) {
    const progress = {
      start: Number(lineage.start),
      windowFrom: from[i]!,
      next: Number(lineage.next),
      messages: lineage.messages,
      accepted: lineage.accepted,
      rejected: lineage.rejected,
      last: lineage.last,
    };
    const breaker = await recallBreaker(context, lineage, bounds[lineage.partition]!.earliest, signal);
    intakes.push(new PartitionIntake(stores[i]!, progress, breaker));
  }
  return intakes;
}

/** A topic that is being made again is missing in between. */
const MISSING_MS_MAX = 5_000;
const MISSING_PAUSE_MS = 250;

/** The log's bounds. Throws `topic-missing` when the topic stays away. */
async function knownBounds(
  { rowLog, clock }: TrainerContext,
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

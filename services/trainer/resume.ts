import { AlderError } from '../../shared/errors';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { schemaDigest } from '../../shared/row/schema';
import { DEFAULT_READ_BOUNDS, type PartitionBounds, type RowLog } from '../../shared/row-log/row-log';
import { PartitionIntake } from './intake/partition-intake';
import { valueSha256 } from './intake/pending-messages';
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
 * Becoming active always begins here. The newest record is the truth: the log must still be the one that it names,
 * and its window is read again. Throws `log-replaced`, `log-range-gone`, `schema-differs`, `holdout-differs`.
 */
export async function resume(context: TrainerContext, signal: AbortSignal): Promise<Resumed> {
  const { registry, rowLog, schema, settings } = context;
  const state = await registry.loadState();
  const bounds = await rowLog.bounds();
  const features = schema.features.length;
  if (state.newest === null) {
    const intakes = bounds.map(({ partition, earliest, end }) =>
      PartitionIntake.startingAt(partition, features, settings.startAt === 'earliest' ? earliest : end),
    );
    return { newest: null, intakes, ends: bounds };
  }
  const newest = await loadKnownVersion(registry, state.newest.version);
  if (newest === null) {
    throw new AlderError('record-invalid', `version ${state.newest.version} is the newest but is not stored`);
  }
  const { record } = newest;
  checkFixedSettings(record, context);
  await checkLog(rowLog, record, bounds);
  const intakes = await rebuild(context, record, bounds, signal);
  for (const { partition, earliest } of bounds.slice(intakes.length)) {
    intakes.push(PartitionIntake.startingAt(partition, features, earliest));
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

/** The log must be the record's own: by name, by extent, and by the last message that the record steps over. */
export async function checkLog(
  rowLog: RowLog,
  record: VersionRecord,
  bounds: readonly PartitionBounds[],
): Promise<void> {
  const { kind, clusterId, topic } = rowLog.identity;
  const { log } = record;
  if (log.kind !== kind || log.clusterId !== clusterId || log.topic !== topic) {
    throw logReplaced(
      `version ${record.version} was read from ${log.kind} ${log.clusterId} ${log.topic}, this is ${kind} ${clusterId} ${topic}`,
    );
  }
  for (const { partition, next, last } of record.lineage) {
    const found = bounds[partition];
    const nextOffset = Number(next);
    if (found === undefined || found.end < nextOffset) {
      throw logReplaced(
        `partition ${partition} ends at ${found?.end ?? 'nothing'}, version ${record.version} read to ${next}`,
      );
    }
    if (found.earliest > nextOffset) {
      throw new AlderError(
        'log-range-gone',
        `offset ${next} of partition ${partition} is gone, earliest is ${found.earliest}: rows were lost before they were read`,
        {
          hint: 'keep the topic longer than the trainer may be away; start a new model (--model) to go on without them',
        },
      );
    }
    if (last !== null && Number(last.offset) >= found.earliest) await checkLast(rowLog, partition, last);
  }
}

async function checkLast(
  rowLog: RowLog,
  partition: number,
  last: NonNullable<VersionRecord['lineage'][number]['last']>,
): Promise<void> {
  const from = Number(last.offset);
  for await (const block of rowLog.readRange({ partition, from, next: from + 1 }, DEFAULT_READ_BOUNDS)) {
    const at = block.offsets.indexOf(from);
    if (at < 0) continue;
    const isSame =
      valueSha256(block.values[at]!) === last.sha256 && block.timestampsMs[at] === last.timestampMs;
    if (isSame) return;
    throw logReplaced(`message ${from} of partition ${partition} is not the one that the record names`);
  }
  throw logReplaced(`message ${from} of partition ${partition} is not there`);
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
  return record.lineage.map(
    (lineage, i) =>
      new PartitionIntake(stores[i]!, {
        start: Number(lineage.start),
        windowFrom: from[i]!,
        next: Number(lineage.next),
        messages: lineage.messages,
        accepted: lineage.accepted,
        rejected: lineage.rejected,
        last: lineage.last,
      }),
  );
}

function logReplaced(found: string): AlderError {
  return new AlderError('log-replaced', `the log is not the one of the newest version: ${found}`, {
    hint: 'point the trainer at the log that made the model, or train another model (--model) from this one',
  });
}

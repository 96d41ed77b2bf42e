import { AlderError } from '../../../shared/errors';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { schemaDigest } from '../../../shared/row/schema';
import type { PartitionBounds } from '../../../shared/row-log/row-log';
import { Breaker } from '../guard/breaker/breaker';
import { checkLogContent, checkLogIdentity } from '../guard/check-log';
import { checkRegistry, readMark } from '../guard/check-registry';
import { PartitionIntake } from '../read/partition-intake';
import type { TrainerContext } from '../term/trainer-context';
import { type KnownVersion, loadKnownVersion } from '../versions/known-version';
import { knownBounds } from './resume-bounds';
import { rebuildIntakes } from './resume-window';

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
  const newest = await loadNewest(registry, state.newest.version);
  const { record } = newest;
  checkFixedSettings(record, context);
  checkLogIdentity(rowLog, record);
  await checkLogContent(rowLog, record, clock, signal);
  const { intakes, found } = await rebuildIntakes(context, record, bounds, signal);
  for (const { partition, earliest } of found.slice(intakes.length)) {
    intakes.push(startingAt(partition, earliest));
  }
  return { newest, intakes, ends: found };
}

/**
 * The newest version. A publish of before that comes in late may put a newer one in its place and, where few versions
 * are kept, take it away, between the look at the state and the read. Throws `record-invalid` when it is not stored.
 */
async function loadNewest(registry: ModelRegistry, version: number): Promise<KnownVersion> {
  const found = await loadKnownVersion(registry, version);
  if (found !== null) return found;
  const later = (await registry.loadState()).newest?.version ?? 0;
  if (later > version) return loadNewest(registry, later);
  throw new AlderError('record-invalid', `version ${version} is the newest but is not stored`);
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

import { z } from 'zod';
import { AlderError, isAlderError } from '../../../shared/errors';
import type { ModelRegistry, VersionRef } from '../../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import type { OffsetMirror } from '../../../shared/row-log/offset-mirror';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { Settings } from '../../../shared/settings/settings';

/** A group coordinator that moves or starts with its broker is away for some seconds. */
const READ_MS_MAX = 10_000;
const READ_PAUSE_MS = 500;

interface RegistryCheckParts {
  readonly registry: ModelRegistry;
  readonly settings: Pick<Settings, 'acceptRegistry'>;
  readonly log: Log;
}

/**
 * The metadata of the committed offsets: the registry and the newest version that the offsets belong to. The log thus
 * remembers a registry that was emptied or restored.
 */
const commitMetadata = z.object({
  registry: z.string(),
  version: z.number().int(),
  recordDigest: z.string(),
});
type CommitMetadata = z.infer<typeof commitMetadata>;

/**
 * Checks that the registry knows at least the version that the log remembers, and the last version that this process
 * published. An emptied registry would begin at version 1 again under numbers that clients have seen; a restored one
 * would give a number a second meaning. Throws `registry-regressed`, unless `acceptRegistry` is set.
 *
 * `remembered` comes from `readCommitMetadata`, which has to be called before `newest` is read: a trainer that is paused
 * between the two would otherwise hold its successor's versions against the registry. Null skips that comparison.
 */
export async function checkRegistry(
  { registry, settings, log }: RegistryCheckParts,
  newest: VersionRef | null,
  lastPublished: VersionRecord | null,
  remembered: CommitMetadata | null,
): Promise<void> {
  const own = lastPublished === null ? null : commitMetadataOf(registry.registryId, lastPublished);
  for (const known of [own, remembered]) {
    if (known === null) continue;
    const fault = await regression(registry, newest, known);
    if (fault === null) continue;
    const message = `version ${known.version} was published to registry ${known.registry}, but ${fault}`;
    const fields = { version: known.version, registry: known.registry };
    if (!settings.acceptRegistry) {
      throw new AlderError('registry-regressed', message, {
        hint: 'restore the registry, or start once with --accept-registry to go on from what it holds now',
        fields,
      });
    }
    log.warn('registry-accepted', message, fields);
  }
}

/** Reads the metadata; null when there is none, or when it cannot be read within `READ_MS_MAX`. */
export async function readCommitMetadata(
  { mirror, clock, log }: { readonly mirror: OffsetMirror | null; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<CommitMetadata | null> {
  const sinceMs = clock.monotonicMs();
  while (mirror !== null && !signal.aborted) {
    try {
      return decodeCommitMetadata(await mirror.read());
    } catch (error) {
      if (!isAlderError(error)) throw error;
      if (!error.canRetry || clock.monotonicMs() - sinceMs >= READ_MS_MAX) {
        const message = `the registry was not compared with the committed offsets, which cannot be read: ${error.message}`;
        log.warn('mirror-unread', message, error.fields);
        return null;
      }
      await clock.sleep(READ_PAUSE_MS, signal);
    }
  }
  return null;
}

/** About 150 bytes as JSON; Kafka stores at most 4,096. */
export function commitMetadataOf(registry: string, record: VersionRecord): CommitMetadata {
  return { registry, version: record.version, recordDigest: record.recordDigest };
}

/** Null for metadata that another program wrote. */
function decodeCommitMetadata(metadata: string | null): CommitMetadata | null {
  if (metadata === null) return null;
  try {
    return commitMetadata.safeParse(JSON.parse(metadata)).data ?? null;
  } catch {
    return null;
  }
}

/** The difference between the registry and a version that was published; null when there is none. */
async function regression(
  registry: ModelRegistry,
  newest: VersionRef | null,
  { registry: registryId, version, recordDigest }: CommitMetadata,
): Promise<string | null> {
  if (newest === null) return 'the registry is empty';
  if (registry.registryId !== registryId) return `this is registry ${registry.registryId}`;
  if (newest.version < version) return `its newest version is ${newest.version}`;
  const found = newest.version === version ? newest.recordDigest : await storedDigest(registry, version);
  return found === null || found === recordDigest ? null : `its version ${version} is another one`;
}

/** Null for a retired version, which cannot be compared. */
async function storedDigest(registry: ModelRegistry, version: number): Promise<string | null> {
  const text = await registry.loadRecord(version);
  return text === null ? null : (JSON.parse(text) as { recordDigest: string }).recordDigest;
}

import { AlderError, isAlderError } from '../../../shared/errors';
import type { ModelRegistry, VersionRef } from '../../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import type { TrainerContext } from '../term/trainer-context';
import { decodeRegistryMark, type RegistryMark, registryMarkOf } from './registry-mark';

/** A group coordinator that moves or starts with its broker is away for some seconds; nothing can be checked meanwhile. */
const READ_MS_MAX = 10_000;
const READ_PAUSE_MS = 500;

/**
 * The registry must not know less than the log remembers of it, nor than this process published itself: one that was
 * emptied would begin at version 1 again under numbers that clients have seen, one restored from an older state would
 * give a number a second meaning. Throws `registry-regressed`, unless `acceptRegistry` is set.
 *
 * `remembered` is what the log remembers, read before `newest` was: a trainer that is paused between the two must not
 * hold what its successor published against the registry. Null when it is unreadable or forgotten; then there is nothing
 * to compare with, and training goes on.
 */
export async function checkRegistry(
  context: TrainerContext,
  newest: VersionRef | null,
  lastPublished: VersionRecord | null,
  remembered: RegistryMark | null,
): Promise<void> {
  const { registry, settings, log } = context;
  const own = lastPublished === null ? null : registryMarkOf(registry.registryId, lastPublished);
  for (const mark of [own, remembered]) {
    if (mark === null) continue;
    const found = await regression(registry, newest, mark);
    if (found === null) continue;
    const message = `version ${mark.version} was published to registry ${mark.registry}, but ${found}`;
    if (!settings.acceptRegistry) {
      throw new AlderError('registry-regressed', message, {
        hint: 'restore the registry, or start once with --accept-registry to go on from what it holds now',
      });
    }
    log.warn('registry-accepted', message);
  }
}

/** What is wrong with the registry in the eyes of a mark, null when nothing is. */
async function regression(
  registry: ModelRegistry,
  newest: VersionRef | null,
  { registry: registryId, version, recordDigest }: RegistryMark,
): Promise<string | null> {
  if (newest === null) return 'the registry is empty';
  if (registry.registryId !== registryId) return `this is registry ${registry.registryId}`;
  if (newest.version < version) return `its newest version is ${newest.version}`;
  const found = newest.version === version ? newest.recordDigest : await storedDigest(registry, version);
  return found === null || found === recordDigest ? null : `its version ${version} is another one`;
}

/** Null for a version that is retired: nobody can compare it any more. */
async function storedDigest(registry: ModelRegistry, version: number): Promise<string | null> {
  const text = await registry.loadRecord(version);
  return text === null ? null : (JSON.parse(text) as { recordDigest: string }).recordDigest;
}

/** What the log remembers of the registry; null when it remembers nothing, or cannot be read for `READ_MS_MAX`. */
export async function readMark(
  { mirror, clock, log }: TrainerContext,
  signal: AbortSignal,
): Promise<RegistryMark | null> {
  const sinceMs = clock.monotonicMs();
  while (mirror !== null && !signal.aborted) {
    try {
      return decodeRegistryMark(await mirror.read());
    } catch (error) {
      if (!isAlderError(error)) throw error;
      if (!error.canRetry || clock.monotonicMs() - sinceMs >= READ_MS_MAX) {
        log.warn('mirror-unread', `what the log remembers of the registry is unknown: ${error.message}`);
        return null;
      }
      await clock.sleep(READ_PAUSE_MS, signal);
    }
  }
  return null;
}

import { isAlderError } from '../../../shared/errors';
import type {
  ModelRegistry,
  Publication,
  PublishOutcome,
} from '../../../shared/model-registry/model-registry';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';

const FIRST_PAUSE_MS = 50;
const PAUSE_MS_MAX = 1_000;

/**
 * Sends the same publication again until the registry says what became of it: a reply that was lost must neither
 * lose the version nor make a second one. Null when the signal aborted first; the outcome then stays unknown, and
 * whoever becomes active next finds out from the newest record.
 */
export async function publishUntilKnown(
  registry: ModelRegistry,
  publication: Publication,
  clock: Clock,
  log: Log,
  signal: AbortSignal,
): Promise<PublishOutcome | null> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      return await registry.publish(publication);
    } catch (error) {
      if (!isAlderError(error) || !error.canRetry) throw error;
      log.warn(
        'publish-unknown',
        `version ${publication.version}: outcome unknown, asking again: ${error.message}`,
      );
      await clock.sleep(pauseMs, signal);
      pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2);
    }
  }
  return null;
}

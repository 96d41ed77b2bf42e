import { CHAMPION } from '../../shared/model-registry/aliases';
import type { RegistryState } from '../../shared/model-registry/model-registry';
import type { Clock } from '../../shared/runtime/clock';
import type { ServedModels } from '../serving/models/served-models';

const LOOK_MS = 20;
/** Fetching and checking the largest tree takes less; one that fails its checks is never served. */
const SERVED_MS_MAX = 10_000;

/**
 * Waits until this process answers with the champion of `state`, or with a later version, and gives the version that it
 * then answers with; null while it has none. The registry moves its champion first and servers follow, so without the
 * wait a request sent at once could still be answered by the version before. Gives up after `SERVED_MS_MAX` or when the
 * signal aborts, and then too gives the version that really answers.
 */
export async function untilServed(
  models: Pick<ServedModels, 'champion'>,
  state: RegistryState,
  clock: Clock,
  signal: AbortSignal,
): Promise<number | null> {
  const wanted = state.aliases[CHAMPION]?.version ?? 0;
  const sinceMs = clock.monotonicMs();
  while ((models.champion?.version ?? 0) < wanted && !signal.aborted) {
    if (clock.monotonicMs() - sinceMs >= SERVED_MS_MAX) break;
    await clock.sleep(LOOK_MS, signal);
  }
  return models.champion?.version ?? null;
}

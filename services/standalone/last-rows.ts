import { isAlderError } from '../../shared/errors';
import { CHAMPION } from '../../shared/model-registry/aliases';
import type { ModelRegistry, RegistryState } from '../../shared/model-registry/model-registry';
import type { Clock } from '../../shared/runtime/clock';
import type { Log } from '../../shared/runtime/log';
import { outageWarning } from '../../shared/runtime/outage-notice';
import type { ServedModels } from '../serving/models/served-models';

const ANSWER_POLL_MS = 1_000;
const REQUEST_PAUSE_MS = 500;

interface FinalRefitParts {
  readonly registry: ModelRegistry;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Requests a refit on all rows that the log holds now, and waits for its answer without a limit, also while the registry
 * is away. Gives the state with the answer; null when the signal aborted first. Throws errors that no retry can help.
 */
export async function finalRefit(parts: FinalRefitParts, signal: AbortSignal): Promise<RegistryState | null> {
  const ticket = await requestRefit(parts, signal);
  if (ticket === null) return null;
  for await (const state of parts.registry.watch({ pollMs: ANSWER_POLL_MS }, signal)) {
    if ((state.answered?.upTo ?? 0) >= ticket) return state;
  }
  return null;
}

const SERVED_POLL_MS = 20;
/** Fetching and checking the largest tree takes less; a tree that fails its checks is never served. */
const SERVED_MS_MAX = 10_000;

/**
 * Waits until this process answers with the champion of `state` or a later version. The registry moves the champion
 * first and servers follow, so without the wait a request could still be answered by the version before. Gives up after
 * `SERVED_MS_MAX` or when the signal aborts. Gives the version that this process answers with; null while it has none.
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
    await clock.sleep(SERVED_POLL_MS, signal);
  }
  return models.champion?.version ?? null;
}

/** The ticket. A request whose reply was lost is repeated; the answer to the later ticket covers both. */
async function requestRefit(
  { registry, clock, log }: FinalRefitParts,
  signal: AbortSignal,
): Promise<number | null> {
  // Reported once: the registry's adapter repeats it, and reports the end.
  const outage = outageWarning('the last refit waits for the registry', log, { clock });
  while (!signal.aborted) {
    try {
      return await registry.askForRefit();
    } catch (error) {
      if (!isAlderError(error) || !error.canRetry) throw error;
      outage.failed(error);
      await clock.sleep(REQUEST_PAUSE_MS, signal);
    }
  }
  return null;
}

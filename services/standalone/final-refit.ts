import { isAlderError } from '../../shared/errors';
import type { ModelRegistry, RegistryState } from '../../shared/model-registry/model-registry';
import type { Clock } from '../../shared/runtime/clock';
import type { Log } from '../../shared/runtime/log';

export interface FinalRefitParts {
  readonly registry: ModelRegistry;
  readonly clock: Clock;
  readonly log: Log;
}

const ANSWER_POLL_MS = 1_000;
const ASK_PAUSE_MS = 500;

/**
 * Asks for a refit on all that the log holds now, and waits for the answer as long as it takes, also for a registry that
 * is away; null when the signal aborted first. Throws what no retry can help.
 */
export async function finalRefit(
  { registry, clock, log }: FinalRefitParts,
  signal: AbortSignal,
): Promise<RegistryState | null> {
  const ticket = await askUntilHeard({ registry, clock, log }, signal);
  if (ticket === null) return null;
  for await (const state of registry.watch({ pollMs: ANSWER_POLL_MS }, signal)) {
    if ((state.answered?.upTo ?? 0) >= ticket) return state;
  }
  return null;
}

/** The ticket. One whose reply was lost is a request that nobody waits for, and the next one's answer covers it. */
async function askUntilHeard(
  { registry, clock, log }: FinalRefitParts,
  signal: AbortSignal,
): Promise<number | null> {
  for (let isTold = false; !signal.aborted; ) {
    try {
      return await registry.askForRefit();
    } catch (error) {
      if (!isAlderError(error) || !error.canRetry) throw error;
      // Once, since an outage may last; the registry's own adapter tells of its end.
      if (!isTold) log.warn(error.code, `the last refit waits for the registry: ${error.message}`);
      isTold = true;
      await clock.sleep(ASK_PAUSE_MS, signal);
    }
  }
  return null;
}

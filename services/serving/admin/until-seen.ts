import type { AliasValue, RegistryState } from '../../../shared/model-registry/model-registry';
import type { ServingContext } from '../server/serving-context';

/** A push takes milliseconds, a poll a quarter of a second; a registry that went away is not waited for. */
const SEEN_MS_MAX = 1_000;

/**
 * Resolves when this process serves by the change that it has just made, or after `SEEN_MS_MAX`: whoever moves an alias
 * and then predicts meets the version that it was moved to.
 */
export async function untilSeen(
  { view, models, clock, stopping }: ServingContext,
  alias: string,
  { revision }: AliasValue,
): Promise<void> {
  const isSeen = (state: RegistryState | null) => (state?.aliases[alias]?.revision ?? 0) >= revision;
  const seen = new AbortController();
  const unsubscribe = view.onState((state) => {
    if (isSeen(state)) seen.abort();
  });
  const either = AbortSignal.any([seen.signal, stopping]);
  try {
    if (!isSeen(view.state)) await clock.sleep(SEEN_MS_MAX, either);
    if (isSeen(view.state)) await models.settled();
  } finally {
    unsubscribe();
  }
}

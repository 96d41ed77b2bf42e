import { isAlderError } from '../../../shared/errors';
import type { PartitionBounds } from '../../../shared/row-log/row-log';
import type { TrainerContext } from '../term/trainer-context';

/** A topic that is being made again is missing in between. */
const MISSING_MS_MAX = 5_000;
const MISSING_PAUSE_MS = 250;

/** The log's bounds. Throws `topic-missing` when the topic stays away. */
export async function knownBounds(
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

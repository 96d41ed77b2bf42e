import { isAlderError } from '../../../shared/errors';
import type { TrainerContext } from '../term/trainer-context';
import type { LiveVersions } from '../versions/live-versions';
import { checkLogContent } from './check-log';

/** While versions are published; a topic that was made again is found this soon, also when reading met no error. */
const CHECK_MS = 2_000;
/** While there is nothing new. */
const IDLE_CHECK_MS = 10_000;
/** A check takes three short calls for each partition; with many of them checks grow rarer, to 1 % of the time. */
const COST_SHARE_MAX = 0.01;

/**
 * Looks again and again whether the log is still the one that versions were made from, for as long as the trainer
 * reads. A topic that is deleted and made again while nothing is being fetched gives no error, and once it has grown
 * past the position its offsets look right: only the message that a record names as `last` tells. Throws
 * `log-replaced`.
 *
 * The record that is looked up is the one that was newest at the look before. The newest one itself may have been read
 * from the new log already, and would be found there.
 *
 * A version may thus be made of rows of both within the seconds of one look; it then stands as the last one.
 */
export async function watchLog(
  { rowLog, clock }: TrainerContext,
  live: LiveVersions,
  signal: AbortSignal,
): Promise<void> {
  let known = live.newest;
  let checked = known;
  let checkedAtMs = clock.monotonicMs();
  let costMs = 0;
  while (!signal.aborted) {
    await clock.sleep(CHECK_MS, signal);
    const { newest } = live;
    known ??= live.first;
    const beganMs = clock.monotonicMs();
    const pauseMs = Math.max(newest === checked ? IDLE_CHECK_MS : CHECK_MS, costMs / COST_SHARE_MAX);
    if (signal.aborted || beganMs - checkedAtMs < pauseMs) continue;
    try {
      if (known !== null) await checkLogContent(rowLog, known.record, clock, signal);
      checked = known;
      known = newest;
      checkedAtMs = clock.monotonicMs();
      costMs = checkedAtMs - beganMs;
    } catch (error) {
      // A log that is away or a topic that is missing is the reading's to judge; it is met there as well.
      if (!isAlderError(error) || !(error.canRetry || error.code === 'topic-missing')) throw error;
    }
  }
}

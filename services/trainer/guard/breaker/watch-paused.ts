import { isAlderError } from '../../../../shared/errors';
import type { Intake } from '../../read/intake';
import type { TrainerContext } from '../../term/trainer-context';
import { logRangeGone } from '../log-faults';
import { areNewestRowsBetter } from './look-ahead';

const LOOK_MS = 2_000;

/**
 * Looks after partitions that pause, until the signal aborts: lets each go on when its newest rows are better. Throws
 * `log-range-gone` when retention comes to a position that waits, since nobody reads there who would notice.
 */
export async function watchPaused(
  context: TrainerContext,
  intake: Intake,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = context;
  /** Where each partition ended at the last look: without a new message nothing can have changed. */
  const lookedAt = new Map<number, number>();
  while (!signal.aborted) {
    try {
      if (intake.paused.length > 0) await lookAtPaused(context, intake, lookedAt, signal);
    } catch (error) {
      if (!isAlderError(error) || !(error.canRetry || error.code === 'topic-missing')) throw error;
      log.warn(error.code, `paused partitions wait for the log as well: ${error.message}`);
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

async function lookAtPaused(
  context: TrainerContext,
  intake: Intake,
  lookedAt: Map<number, number>,
  signal: AbortSignal,
): Promise<void> {
  const bounds = await context.rowLog.bounds();
  for (const { partition, position } of intake.paused) {
    const found = bounds[partition];
    if (found === undefined) continue;
    if (found.earliest > position) throw logRangeGone(partition, position, found.earliest);
    if (lookedAt.get(partition) === found.end) continue;
    if (await areNewestRowsBetter(context, intake.partitions[partition]!, found, signal)) {
      lookedAt.delete(partition);
      intake.goOn(partition, found.end);
    } else lookedAt.set(partition, found.end);
  }
}

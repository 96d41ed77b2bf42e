import type { PartitionBounds } from '../../../../shared/row-log/row-log';
import type { PartitionIntake } from '../../read/partition-intake';
import type { TrainerContext } from '../../term/trainer-context';
import { LOOK_MESSAGES, lookAtRows } from './look-at-rows';
import { lookBack } from './look-back';

/**
 * Whether the newest rows of a paused partition are no longer mostly bad. Those at the log's end decide and not the
 * next ones, since the bad ones that came before somebody mended their producer stay where they are.
 */
export async function areNewestRowsBetter(
  { rowLog, schema }: TrainerContext,
  { partition, position, breaker }: PartitionIntake,
  { end }: PartitionBounds,
  signal: AbortSignal,
): Promise<boolean> {
  const range = { partition, from: position, next: end };
  if (end - position > LOOK_MESSAGES) {
    const newest = await lookBack(rowLog, schema, range, signal);
    return !signal.aborted && newest.count > 0 && !newest.areMostlyBad;
  }
  // So few came since that the rows before the pause still count.
  const newest = breaker.rowsSoFar();
  await lookAtRows(rowLog, schema, range, newest, signal);
  return !signal.aborted && !newest.areMostlyBad;
}

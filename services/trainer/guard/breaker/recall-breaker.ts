import type { PartitionLineage } from '../../../../shared/model-registry/version-record';
import type { TrainerContext } from '../../term/trainer-context';
import { Breaker } from './breaker';
import { lookBack } from './look-back';
import { RecentRows } from './recent-rows';

/**
 * The breaker of a partition that goes on from a record, with the rows before `next` read again: were it to begin with
 * none, each restart would let another thousand bad rows through.
 */
export async function recallBreaker(
  { rowLog, schema, settings }: TrainerContext,
  lineage: PartitionLineage,
  earliest: number,
  signal: AbortSignal,
): Promise<Breaker> {
  const mayOpen = !settings.skipBreaker;
  if (lineage.rejected > 0) {
    const from = Math.max(earliest, Number(lineage.start));
    const range = { partition: lineage.partition, from, next: Number(lineage.next) };
    return new Breaker(await lookBack(rowLog, schema, range, signal), mayOpen);
  }
  const allGood = new RecentRows();
  allGood.add(lineage.accepted, []);
  return new Breaker(allGood, mayOpen);
}

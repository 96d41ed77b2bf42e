import type { PartitionBounds } from '../row-log';
import { safeOffset } from './blocks';
import type { TopicCluster } from './topic-cluster';

/**
 * Earliest and end offset of the given partitions (all by default), in partition order, from their leaders. The end is
 * the last stable one: behind it only records of open transactions lie, which nobody may read yet.
 */
export async function fetchBounds(
  from: TopicCluster,
  partitions?: readonly number[],
): Promise<PartitionBounds[]> {
  const known = await from.leaders();
  const asked = partitions ?? known.map(({ partition }) => partition);
  const [earliest, end] = await Promise.all([
    fetchOffsets(from, asked, true),
    fetchOffsets(from, asked, false),
  ]);
  return asked.flatMap((partition) => {
    const first = earliest.get(partition);
    const next = end.get(partition);
    return first === undefined || next === undefined ? [] : [{ partition, earliest: first, end: next }];
  });
}

/** Earliest or end offsets by partition; one that has no leader known is left out. */
export async function fetchOffsets(
  from: TopicCluster,
  partitions: readonly number[],
  fromBeginning: boolean,
): Promise<Map<number, number>> {
  const asked = partitions.map((partition) => ({ partition }));
  const answers = await from.cluster.fetchTopicsOffset([
    { topic: from.topic, partitions: asked, fromBeginning },
  ]);
  return new Map(
    answers.flatMap((answer) =>
      answer.partitions.map(({ partition, offset }) => [partition, safeOffset(offset)]),
    ),
  );
}

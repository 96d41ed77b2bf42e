import type { MessageBlock, ReadBounds } from '../row-log';
import type { TopicCluster } from './client-internals/topic-cluster';
import { blocksOf } from './decoding/blocks';

/** A partition and the offset to read it from. */
export interface FetchPosition {
  readonly partition: number;
  readonly from: number;
}

const READ_COMMITTED = 1;

/** The longest that a broker holds a fetch without messages: closing waits for it, and so does a change of leaders. */
const POLL_MS_MAX = 250;

/** A smaller bound brings no fewer bytes, since record batches come whole. */
const PARTITION_BYTES_MIN = 65_536;
const RESPONSE_BYTES_MAX = 8 * 1_048_576;

/**
 * Fetches several partitions from the broker that leads them. Gives blocks in partition order, of the partitions that
 * had something. Throws kafkajs' errors.
 *
 * Only the first partition of a fetch gets a batch that exceeds the bounds. kafkajs shuffles the partitions of each
 * fetch, so a busy partition starves no other.
 */
export async function fetchBlocks(
  source: TopicCluster,
  nodeId: string,
  positions: readonly FetchPosition[],
  bounds: ReadBounds,
): Promise<MessageBlock[]> {
  const maxBytes = Math.max(bounds.blockBytesMax, PARTITION_BYTES_MIN);
  const partitions = positions.map(({ partition, from }) => ({
    partition,
    fetchOffset: String(from),
    maxBytes,
  }));
  const fetched = await source.fetch(nodeId, partitions, {
    maxWaitTime: Math.min(bounds.waitMsMax, POLL_MS_MAX),
    minBytes: 1,
    maxBytes: Math.max(maxBytes, RESPONSE_BYTES_MAX),
    isolationLevel: READ_COMMITTED,
  });
  const asked = new Map(positions.map(({ partition, from }) => [partition, from]));
  return fetched
    .sort((a, b) => a.partition - b.partition)
    .flatMap((each) => {
      const from = asked.get(each.partition);
      return from === undefined ? [] : blocksOf(each, from, bounds);
    });
}

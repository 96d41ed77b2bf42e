import type { MessageBlock, ReadBounds } from '../row-log';
import { blocksOf } from './blocks';
import { withQuickFetch } from './quick-fetch';
import type { TopicCluster } from './topic-cluster';

/** A partition and the offset to read it from. */
export interface FetchPosition {
  readonly partition: number;
  readonly from: number;
}

const READ_COMMITTED = 1;

/** The longest that a fetch without messages is held: closing waits for it, and so does a change of leaders. */
const POLL_MS_MAX = 250;

/** Below this a fetch brings no less: record batches come whole. */
const PARTITION_BYTES_MIN = 65_536;
const RESPONSE_BYTES_MAX = 8 * 1_048_576;

/**
 * One fetch of several partitions from the broker that leads them: blocks in partition order, only of those that had
 * something. Throws kafkajs' errors.
 *
 * `turn` says which partition stands first. A broker fills the answer in the order asked and gives only the first one a
 * batch that exceeds the bounds, so partitions that always stood behind a busy one would starve.
 */
export async function fetchBlocks(
  source: TopicCluster,
  nodeId: string,
  positions: readonly FetchPosition[],
  bounds: ReadBounds,
  turn: number,
): Promise<MessageBlock[]> {
  const broker = withQuickFetch(await source.cluster.findBroker({ nodeId }));
  const maxBytes = Math.max(bounds.blockBytesMax, PARTITION_BYTES_MIN);
  const first = turn % positions.length;
  const ordered = [...positions.slice(first), ...positions.slice(0, first)];
  const { responses } = await broker.fetch({
    topics: [
      {
        topic: source.topic,
        partitions: ordered.map(({ partition, from }) => ({
          partition,
          fetchOffset: String(from),
          maxBytes,
        })),
      },
    ],
    maxWaitTime: Math.min(bounds.waitMsMax, POLL_MS_MAX),
    minBytes: 1,
    maxBytes: Math.max(maxBytes, RESPONSE_BYTES_MAX),
    isolationLevel: READ_COMMITTED,
  });
  const asked = new Map(positions.map(({ partition, from }) => [partition, from]));
  return responses
    .flatMap(({ partitions }) => partitions)
    .sort((a, b) => a.partition - b.partition)
    .flatMap((fetched) => {
      const from = asked.get(fetched.partition);
      return from === undefined ? [] : blocksOf(fetched, from, bounds);
    });
}

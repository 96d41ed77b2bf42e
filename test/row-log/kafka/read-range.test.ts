import type { KafkaCluster } from '../../../shared/row-log/kafka/internals';
import { readRange } from '../../../shared/row-log/kafka/read-range';
import { TopicCluster } from '../../../shared/row-log/kafka/topic-cluster';
import { DEFAULT_READ_BOUNDS, type MessageBlock } from '../../../shared/row-log/row-log';

const OUT_OF_RANGE = Object.assign(new Error('out of range'), {
  type: 'OFFSET_OUT_OF_RANGE',
  retriable: false,
  partition: 0,
});

/** One partition of four messages; the first `refusals` fetches are called out of range. */
function topicOf(refusals: number, bounds: () => { earliest: number; end: number }) {
  let fetches = 0;
  const cluster = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    addTargetTopic: async () => undefined,
    refreshMetadata: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
    fetchTopicsOffset: async ([{ fromBeginning }]: [{ fromBeginning: boolean }]) => {
      const { earliest, end } = bounds();
      return [
        { topic: 'rows', partitions: [{ partition: 0, offset: String(fromBeginning ? earliest : end) }] },
      ];
    },
    findBroker: async () => ({
      fetch: async () => {
        fetches++;
        if (fetches <= refusals) throw OUT_OF_RANGE;
        const messages = [0, 1, 2, 3].map((offset) => ({
          offset: String(offset),
          timestamp: '0',
          value: null,
        }));
        return { responses: [{ partitions: [{ partition: 0, abortedTransactions: null, messages }] }] };
      },
    }),
    brokerPool: { brokers: {} },
  };
  const source = new TopicCluster(() => cluster as unknown as KafkaCluster, 'rows');
  return { source, fetches: () => fetches };
}

async function read(source: TopicCluster): Promise<MessageBlock[]> {
  const blocks: MessageBlock[] = [];
  const { signal } = new AbortController();
  const range = { partition: 0, from: 1, next: 3 };
  for await (const block of readRange(source, range, DEFAULT_READ_BOUNDS, () => undefined, signal)) {
    blocks.push(block);
  }
  return blocks;
}

describe('a range that a broker calls out of range', () => {
  test('is read all the same when its leader holds it', async () => {
    const topic = topicOf(1, () => ({ earliest: 0, end: 4 }));
    const blocks = await read(topic.source);
    expect(blocks.map(({ offsets, next }) => [offsets, next])).toEqual([[[1, 2], 3]]);
    expect(topic.fetches()).toBe(2);
  });

  test('is gone when retention has passed it meanwhile', async () => {
    let looks = 0;
    // Both ends are asked at each look.
    const topic = topicOf(1, () => ({ earliest: ++looks <= 2 ? 0 : 2, end: 4 }));
    await expect(read(topic.source)).rejects.toMatchObject({
      code: 'log-range-gone',
      message: expect.stringContaining('[1, 3) of partition 0 of rows cannot be read, it holds [2, 4)'),
    });
    expect(topic.fetches()).toBe(1);
  });
});

import { DEFAULT_READ_BOUNDS } from '../../../shared/row-log/bounds';
import type { TopicCluster } from '../../../shared/row-log/kafka/client-internals/topic-cluster';
import { readRange } from '../../../shared/row-log/kafka/read-range';
import type { MessageBlock } from '../../../shared/row-log/row-log';

const OUT_OF_RANGE = Object.assign(new Error('out of range'), {
  type: 'OFFSET_OUT_OF_RANGE',
  retriable: false,
  partition: 0,
});

/** One partition of four messages; the first `refusals` fetches are called out of range. */
function topicOf(refusals: number, bounds: () => { earliest: number; end: number }) {
  let fetches = 0;
  const messages = [0, 1, 2, 3].map((offset) => ({ offset, timestamp: 0, key: null, value: null }));
  const source = {
    topic: 'rows',
    leaders: async () => [{ partition: 0, nodeId: '1' }],
    bounds: async () => [{ partition: 0, ...bounds() }],
    fetch: async () => {
      fetches++;
      if (fetches <= refusals) throw OUT_OF_RANGE;
      return [{ partition: 0, abortedTransactions: null, messages }];
    },
    recoverFrom: () => undefined,
  };
  return { source: source as unknown as TopicCluster, fetches: () => fetches };
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
  test('a range that another broker calls out of range is read when its leader holds it', async () => {
    const topic = topicOf(1, () => ({ earliest: 0, end: 4 }));
    const blocks = await read(topic.source);
    expect(blocks.map(({ offsets, next }) => [offsets, next])).toEqual([[[1, 2], 3]]);
    expect(topic.fetches()).toBe(2);
  });

  test('a range that retention passed meanwhile is gone', async () => {
    let checks = 0;
    const topic = topicOf(1, () => ({ earliest: ++checks <= 1 ? 0 : 2, end: 4 }));
    await expect(read(topic.source)).rejects.toMatchObject({
      code: 'log-range-gone',
      message: expect.stringContaining('[1, 3) of partition 0 of rows cannot be read, it holds [2, 4)'),
    });
    expect(topic.fetches()).toBe(1);
  });
});

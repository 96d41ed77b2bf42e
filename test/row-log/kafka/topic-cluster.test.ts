import { kafkaFault } from '../../../shared/row-log/kafka/faults';
import type { KafkaCluster } from '../../../shared/row-log/kafka/internals';
import { TopicCluster } from '../../../shared/row-log/kafka/topic-cluster';

/** What kafkajs throws for a request on a connection whose first question was never answered. */
const NEVER_GREETED = new Error('Broker not connected');

interface FakeCluster {
  readonly cluster: KafkaCluster;
  readonly calls: string[];
}

/** A cluster of one partition; `fault` is thrown by each look for leaders. */
function fakeCluster(fault: Error | null): FakeCluster {
  const calls: string[] = [];
  const call = async (name: string) => void calls.push(name);
  const cluster = {
    connect: () => call('connect'),
    disconnect: () => call('disconnect'),
    addTargetTopic: () => call('addTargetTopic'),
    refreshMetadata: async () => {
      await call('refreshMetadata');
      if (fault !== null) throw fault;
    },
    refreshMetadataIfNecessary: async () => {
      if (fault !== null) throw fault;
    },
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
    brokerPool: { brokers: {} },
  };
  return { cluster: cluster as unknown as KafkaCluster, calls };
}

describe('a connection on which a broker never answered', () => {
  test('is a fault that passes', () => {
    expect(kafkaFault(NEVER_GREETED)).toBe('passing');
  });

  test('is given up for a new one, since kafkajs would go on with it for ever', async () => {
    const clusters = [fakeCluster(NEVER_GREETED), fakeCluster(null)];
    let made = 0;
    const source = new TopicCluster(() => clusters[made++]!.cluster, 'rows');
    const fault = await source.leaders().catch((error: unknown) => error);
    expect(fault).toBe(NEVER_GREETED);
    source.doubt(fault, '1');
    expect(await source.leaders()).toEqual([{ partition: 0, nodeId: '1' }]);
    expect(clusters[0]!.calls).toContain('disconnect');
    expect(clusters[1]!.calls).toEqual(['connect', 'addTargetTopic', 'refreshMetadata']);
  });

  test('is not the fate of every fault: after another one the same connections are asked again', async () => {
    const { cluster, calls } = fakeCluster(null);
    let made = 0;
    const source = new TopicCluster(() => {
      made++;
      return cluster;
    }, 'rows');
    await source.leaders();
    source.doubt(Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' }));
    await source.leaders();
    expect([made, calls.includes('disconnect')]).toEqual([1, false]);
  });
});

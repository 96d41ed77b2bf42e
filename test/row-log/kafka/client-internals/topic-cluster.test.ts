import { KafkaJSConnectionError } from 'kafkajs';
import type { KafkaCluster } from '../../../../shared/row-log/kafka/client-internals/cluster';
import { TopicCluster } from '../../../../shared/row-log/kafka/client-internals/topic-cluster';
import { ClusterPool } from '../../../../shared/row-log/kafka/cluster-pool';
import { kafkaFault } from '../../../../shared/row-log/kafka/faults';

/** The error of kafkajs for a request that a broker does not answer in time. */
function silence(broker: string): Error {
  return Object.assign(new Error('Request timed out'), {
    name: 'KafkaJSRequestTimeoutError',
    retriable: true,
    broker,
  });
}

/** A cluster whose brokers are known by number and listen at `b<number>:9092`; one of them hangs. */
class HangingCluster {
  readonly removed: string[] = [];
  readonly hungUp: number[] = [];
  /** Brokers that were asked for the leaders, in order. */
  readonly asked: number[] = [];
  private readonly connected = new Map<number, ReturnType<HangingCluster['broker']>>();

  constructor(
    readonly hanging: number,
    brokers: readonly number[],
  ) {
    for (const number of brokers) this.connected.set(number, this.broker(number));
  }

  /** Asks a connected broker for the leaders, as kafkajs does. */
  get cluster(): KafkaCluster {
    const ask = async () => {
      const [first] = this.connected.keys();
      if (first === undefined) throw new KafkaJSConnectionError('nobody is connected');
      this.asked.push(first);
      if (first === this.hanging) throw silence(`b${first}:9092`);
    };
    const cluster = {
      connect: async () => undefined,
      disconnect: async () => undefined,
      addTargetTopic: async () => undefined,
      refreshMetadata: ask,
      refreshMetadataIfNecessary: ask,
      findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 2 }],
      removeBroker: ({ host, port }: { host: string; port: number }) => {
        this.removed.push(`${host}:${port}`);
        this.connected.delete(Number(host.slice(1)));
      },
      brokerPool: { brokers: Object.fromEntries(this.connected) },
    };
    return cluster as unknown as KafkaCluster;
  }

  private broker(number: number) {
    return {
      connectionPool: { host: `b${number}`, port: 9_092 },
      disconnect: async () => void this.hungUp.push(number),
    };
  }
}

describe('a broker that hangs', () => {
  test('a hanging broker costs a short call one timeout: the next try asks another broker', async () => {
    const brokers = new HangingCluster(1, [1, 2]);
    const pool = new ClusterPool('rows', () => brokers.cluster);
    const leaders = await pool.call('asking who leads', (source) => source.leaders());
    expect(leaders).toEqual([{ partition: 0, nodeId: '2' }]);
    expect(brokers.asked).toEqual([1, 2]);
    expect([brokers.removed, brokers.hungUp]).toEqual([['b1:9092'], [1]]);
    await pool.close();
  });

  test('the broker that the error names loses its connection, and the leader of the call keeps its own', () => {
    const brokers = new HangingCluster(1, [1, 2]);
    new TopicCluster(() => brokers.cluster, 'rows').recoverFrom(silence('b1:9092'), '2');
    expect(brokers.removed).toEqual(['b1:9092']);
  });

  test('a hanging broker that was removed already costs no other broker its connection', () => {
    const brokers = new HangingCluster(3, [1, 2]);
    new TopicCluster(() => brokers.cluster, 'rows').recoverFrom(silence('b3:9092'), '2');
    expect(brokers.removed).toEqual([]);
  });

  test('the asked broker loses its connection where the error names none', () => {
    const brokers = new HangingCluster(1, [1, 2]);
    new TopicCluster(() => brokers.cluster, 'rows').recoverFrom(new KafkaJSConnectionError('refused'), '2');
    expect(brokers.removed).toEqual(['b2:9092']);
  });

  test('a broker that hangs before it named the others makes the cluster begin anew', () => {
    const made: HangingCluster[] = [];
    const source = new TopicCluster(() => {
      const next = new HangingCluster(1, []);
      made.push(next);
      return next.cluster;
    }, 'rows');
    source.recoverFrom(silence('b1:9092'));
    expect(made).toHaveLength(2);
  });

  test('a broker that answers with an error keeps its connection', () => {
    const brokers = new HangingCluster(1, [1, 2]);
    const answer = Object.assign(new Error('moved'), { type: 'NOT_LEADER_FOR_PARTITION', broker: 'b1:9092' });
    new TopicCluster(() => brokers.cluster, 'rows').recoverFrom(answer, '2');
    expect(brokers.removed).toEqual([]);
  });
});

/** The error of kafkajs for a request on a connection whose first request was never answered. */
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
  test('a connection without a first answer is a fault that passes', () => {
    expect(kafkaFault(NEVER_GREETED)).toBe('passing');
  });

  test('a connection without a first answer is replaced, since kafkajs would go on with it for ever', async () => {
    const clusters = [fakeCluster(NEVER_GREETED), fakeCluster(null)];
    let made = 0;
    const source = new TopicCluster(() => clusters[made++]!.cluster, 'rows');
    const fault = await source.leaders().catch((error: unknown) => error);
    expect(fault).toBe(NEVER_GREETED);
    source.recoverFrom(fault, '1');
    expect(await source.leaders()).toEqual([{ partition: 0, nodeId: '1' }]);
    expect(clusters[0]!.calls).toContain('disconnect');
    expect(clusters[1]!.calls).toEqual(['connect', 'addTargetTopic', 'refreshMetadata']);
  });

  test('a request that timed out keeps the cluster', async () => {
    const { cluster, calls } = fakeCluster(null);
    let made = 0;
    const source = new TopicCluster(() => {
      made++;
      return cluster;
    }, 'rows');
    await source.leaders();
    source.recoverFrom(Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' }));
    await source.leaders();
    expect([made, calls.includes('disconnect')]).toEqual([1, false]);
  });
});

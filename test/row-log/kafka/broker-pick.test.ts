import { KafkaJSConnectionError } from 'kafkajs';
import { ClusterPool } from '../../../shared/row-log/kafka/cluster-pool';
import type { KafkaCluster } from '../../../shared/row-log/kafka/internals';
import { TopicCluster } from '../../../shared/row-log/kafka/topic-cluster';

/** What kafkajs throws for a request that a broker does not answer in time. */
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
  /** Brokers that were asked who leads, in order. */
  readonly asked: number[] = [];
  private readonly connected = new Map<number, ReturnType<HangingCluster['broker']>>();

  constructor(
    readonly hanging: number,
    brokers: readonly number[],
  ) {
    for (const number of brokers) this.connected.set(number, this.broker(number));
  }

  /** As kafkajs does, it asks a broker that it is connected to who leads. */
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
  test('costs a short call one silence: the next try asks another one', async () => {
    const brokers = new HangingCluster(1, [1, 2]);
    const pool = new ClusterPool('rows', () => brokers.cluster);
    const leaders = await pool.call('asking who leads', (source) => source.leaders());
    expect(leaders).toEqual([{ partition: 0, nodeId: '2' }]);
    expect(brokers.asked).toEqual([1, 2]);
    expect([brokers.removed, brokers.hungUp]).toEqual([['b1:9092'], [1]]);
    await pool.close();
  });

  test('is the one that the error names, and the leader that was about to be asked keeps its connection', () => {
    const brokers = new HangingCluster(1, [1, 2]);
    new TopicCluster(() => brokers.cluster, 'rows').doubt(silence('b1:9092'), '2');
    expect(brokers.removed).toEqual(['b1:9092']);
  });

  test('that was let go already costs no other one its connection', () => {
    const brokers = new HangingCluster(3, [1, 2]);
    new TopicCluster(() => brokers.cluster, 'rows').doubt(silence('b3:9092'), '2');
    expect(brokers.removed).toEqual([]);
  });

  test('is the one that was asked where the error names none', () => {
    const brokers = new HangingCluster(1, [1, 2]);
    new TopicCluster(() => brokers.cluster, 'rows').doubt(new KafkaJSConnectionError('refused'), '2');
    expect(brokers.removed).toEqual(['b2:9092']);
  });

  test('before it told of any other makes the cluster begin anew, elsewhere', () => {
    const made: HangingCluster[] = [];
    const source = new TopicCluster(() => {
      const next = new HangingCluster(1, []);
      made.push(next);
      return next.cluster;
    }, 'rows');
    source.doubt(silence('b1:9092'));
    expect(made).toHaveLength(2);
  });

  test('stays where a broker answered, with an error of its own', () => {
    const brokers = new HangingCluster(1, [1, 2]);
    const answer = Object.assign(new Error('moved'), { type: 'NOT_LEADER_FOR_PARTITION', broker: 'b1:9092' });
    new TopicCluster(() => brokers.cluster, 'rows').doubt(answer, '2');
    expect(brokers.removed).toEqual([]);
  });
});

import { Kafka, logLevel } from 'kafkajs';
import { clusterOf } from '../../../../shared/row-log/kafka/client-internals/cluster';

const newCluster = () => clusterOf(new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING }));

test('a consumer that never runs hands out its cluster, and each call makes another', () => {
  expect(newCluster()).not.toBe(newCluster());
});

test.each([
  'connect',
  'disconnect',
  'addTargetTopic',
  'refreshMetadata',
  'refreshMetadataIfNecessary',
  'findTopicPartitionMetadata',
  'findBroker',
  'findGroupCoordinator',
  'fetchTopicsOffset',
  'removeBroker',
] as const)("kafkajs' cluster has the method %s", (name) => {
  expect(typeof newCluster()[name]).toBe('function');
});

test("kafkajs' broker pool lists brokers by id, each with its address, and removes one by address", async () => {
  const cluster = newCluster();
  expect(cluster.brokerPool.brokers).toEqual({});
  const Broker = require('kafkajs/src/broker') as new (parts: object) => { disconnect(): Promise<void> };
  const logger = { namespace: () => logger };
  const connectionPool = { host: 'a', port: 1, connectionTimeout: 1, destroy: async () => undefined };
  Object.assign(cluster.brokerPool, {
    brokers: { 1: new Broker({ connectionPool, logger, nodeId: 1 }) },
    seedBroker: {},
  });
  const { connectionPool: address, disconnect } = cluster.brokerPool.brokers['1']!;
  expect([address.host, address.port, typeof disconnect]).toEqual(['a', 1, 'function']);
  cluster.removeBroker({ host: 'a', port: 1 });
  expect(cluster.brokerPool.brokers).toEqual({});
});

test.each(['fetch', 'offsetCommit', 'offsetFetch'])("kafkajs' broker has the method %s", (name) => {
  const Broker = require('kafkajs/src/broker') as { prototype: Record<string, unknown> };
  expect(typeof Broker.prototype[name]).toBe('function');
});

test("kafkajs' fetch shuffles the partitions, so that none is always first", async () => {
  const Broker = require('kafkajs/src/broker') as { prototype: { fetch(request: object): Promise<unknown> } };
  const firsts = new Set<number>();
  const broker = {
    lookupRequest:
      () =>
      ({ topics }: { topics: { partitions: { partition: number }[] }[] }) => {
        firsts.add(topics[0]!.partitions[0]!.partition);
      },
  };
  for (const name of Object.getOwnPropertySymbols(Broker.prototype)) {
    Object.defineProperty(broker, name, { value: async () => undefined });
  }
  const partitions = Array.from({ length: 8 }, (_, partition) => ({ partition }));
  for (let i = 0; i < 100; i++)
    await Broker.prototype.fetch.call(broker, { topics: [{ topic: 't', partitions }] });
  // 100 fetches that never vary have a chance of 8^-99.
  expect(firsts.size).toBeGreaterThan(1);
});

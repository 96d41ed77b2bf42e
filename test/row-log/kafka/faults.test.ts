import { Kafka, logLevel } from 'kafkajs';
import { isStumbleOfClient, kafkaFault } from '../../../shared/row-log/kafka/faults';
import { clusterOf } from '../../../shared/row-log/kafka/internals';

/** What an admin of kafkajs throws when each broker that it knows leaves a question unanswered. */
async function stumbleOfAdmin(): Promise<unknown> {
  const createAdmin = require('kafkajs/src/admin') as (parts: object) => {
    describeCluster(): Promise<unknown>;
  };
  const silent = { namespace: () => silent, error: () => undefined, debug: () => undefined };
  const admin = createAdmin({ logger: silent, cluster: { metadata: async () => null } });
  return admin.describeCluster().catch((error: unknown) => error);
}

test('an admin that no broker answered stumbles over its own null, which may pass', async () => {
  const error = await stumbleOfAdmin();
  expect(error).toBeInstanceOf(TypeError);
  expect((error as Error).message).toMatch(/'brokers'.* null/);
  expect(isStumbleOfClient(error)).toBe(true);
  expect(kafkaFault(error)).toBe('passing');
});

test('a broker pool that lost its seed broker stumbles, which may pass, also where kafkajs wraps the error', () => {
  const cluster = clusterOf(new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING }));
  Object.assign(cluster.brokerPool, {
    brokers: { 1: { nodeId: 1, connectionPool: { host: 'a', port: 1 } } },
  });
  let stumble: unknown;
  try {
    cluster.removeBroker({ host: 'a', port: 1 });
  } catch (error) {
    stumble = error;
  }
  expect(stumble).toBeInstanceOf(TypeError);
  const wrapped = Object.assign(new Error('gave up', { cause: stumble }), {
    name: 'KafkaJSNonRetriableError',
  });
  expect([stumble, wrapped].map(kafkaFault)).toEqual(['passing', 'passing']);
});

test('a TypeError of our own code is no fault that passes, also with kafkajs further out on the stack', () => {
  const ours = new TypeError("Cannot read properties of undefined (reading 'length')");
  ours.stack = [
    String(ours),
    '    at JSON.parse (<anonymous>)',
    '    at readRow (/app/dist/shared/row/message-reader.js:10:5)',
    '    at run (/app/node_modules/kafkajs/src/retry/index.js:50:5)',
  ].join('\n');
  expect([new TypeError('ours'), ours].map(kafkaFault)).toEqual(['lasting', 'lasting']);
});

test('what Node does for kafkajs is the doing of kafkajs', () => {
  const inside = new TypeError('The first argument must be of type string');
  inside.stack = [
    String(inside),
    '    at Function.from (node:buffer:330:9)',
    '    at Object.keys (<anonymous>)',
    '    at Encoder.writeString (C:\\app\\node_modules\\kafkajs\\src\\protocol\\encoder.js:10:5)',
    '    at send (/app/dist/shared/row-log/kafka/topic-producer.js:10:5)',
  ].join('\n');
  expect(kafkaFault(inside)).toBe('passing');
});

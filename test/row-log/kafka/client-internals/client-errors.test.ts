import { Kafka, logLevel } from 'kafkajs';
import {
  faultyBroker,
  isStumbleOfClient,
  wasNeverGreeted,
} from '../../../../shared/row-log/kafka/client-internals/client-errors';
import { clusterOf } from '../../../../shared/row-log/kafka/client-internals/cluster';
import { kafkaFault } from '../../../../shared/row-log/kafka/faults';

/** The error of kafkajs' admin when no broker answers. */
async function stumbleOfAdmin(): Promise<unknown> {
  const createAdmin = require('kafkajs/src/admin') as (parts: object) => {
    describeCluster(): Promise<unknown>;
  };
  const silent = { namespace: () => silent, error: () => undefined, debug: () => undefined };
  const admin = createAdmin({ logger: silent, cluster: { metadata: async () => null } });
  return admin.describeCluster().catch((error: unknown) => error);
}

test('kafkajs stumbles over its own null when no broker answers an admin, and the fault passes', async () => {
  const error = await stumbleOfAdmin();
  expect(error).toBeInstanceOf(TypeError);
  expect((error as Error).message).toMatch(/'brokers'.* null/);
  expect(isStumbleOfClient(error)).toBe(true);
  expect(kafkaFault(error)).toBe('passing');
});

test('kafkajs stumbles when its broker pool lost the seed broker, and the fault passes, wrapped or not', () => {
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

test("a TypeError of Alder's code is lasting, also with kafkajs further out on the stack", () => {
  const ours = new TypeError("Cannot read properties of undefined (reading 'length')");
  ours.stack = [
    String(ours),
    '    at JSON.parse (<anonymous>)',
    '    at readRow (/app/dist/shared/row/message-reader.js:10:5)',
    '    at run (/app/node_modules/kafkajs/src/retry/index.js:50:5)',
  ].join('\n');
  expect([new TypeError('ours'), ours].map(kafkaFault)).toEqual(['lasting', 'lasting']);
});

test('a TypeError that Node throws for kafkajs is a stumble of kafkajs', () => {
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

test('a connection that kafkajs never greeted is known by the message of its request', () => {
  const Broker = require('kafkajs/src/broker') as new (parts: object) => { lookupRequest: () => unknown };
  const logger = { namespace: () => logger };
  const connectionPool = { host: 'a', port: 1, connectionTimeout: 1 };
  let failure: unknown;
  try {
    new Broker({ connectionPool, logger }).lookupRequest();
  } catch (error) {
    failure = error;
  }
  expect(wasNeverGreeted(failure)).toBe(true);
  expect(kafkaFault(failure)).toBe('passing');
});

test("kafkajs' errors of a connection and of a timeout name the broker", () => {
  const errors = require('kafkajs/src/errors') as Record<
    'KafkaJSConnectionError' | 'KafkaJSRequestTimeoutError',
    new (
      message: string,
      facts: object,
    ) => Error
  >;
  const failures = [errors.KafkaJSConnectionError, errors.KafkaJSRequestTimeoutError].map(
    (Failure) => new Failure('gone', { broker: 'a:1' }),
  );
  expect(failures.map(faultyBroker)).toEqual(['a:1', 'a:1']);
  expect(failures.map(kafkaFault)).toEqual(['passing', 'passing']);
});

import {
  type Admin,
  KafkaJSConnectionError,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
  type Producer,
} from 'kafkajs';
import { kafkaFault, rowLogError } from '../../../shared/row-log/kafka/faults';
import type { NeededRights } from '../../../shared/row-log/kafka/rights';
import { TopicProducer } from '../../../shared/row-log/kafka/topic-producer';
import { openTopics } from '../../../shared/row-log/kafka/topics';

const READING: NeededRights = { topic: 'rows', onTopic: 'Read' };

describe('the meaning of an error of Kafka', () => {
  const refused = new KafkaJSConnectionError('connect ECONNREFUSED');
  const protocolError = (type: string, retriable = false) =>
    Object.assign(new Error(type), { type, retriable });

  it('an error is found inside the wrappers of a client that gave up', () => {
    const tired = new KafkaJSNumberOfRetriesExceeded(refused, { retryCount: 2, retryTime: 300 });
    expect(kafkaFault(refused)).toBe('passing');
    expect(kafkaFault(tired)).toBe('passing');
    expect(kafkaFault(Object.assign(new KafkaJSNonRetriableError('gave up'), { cause: tired }))).toBe(
      'passing',
    );
    expect(rowLogError(tired, 'reading', READING)).toMatchObject({ code: 'log-unavailable', canRetry: true });
  });

  it.each([
    ['UNKNOWN_TOPIC_OR_PARTITION', true, 'topic-unknown', 'topic-missing'],
    ['OFFSET_OUT_OF_RANGE', false, 'out-of-range', 'log-range-gone'],
    ['NOT_LEADER_FOR_PARTITION', true, 'passing', 'log-unavailable'],
    ['TOPIC_AUTHORIZATION_FAILED', false, 'not-allowed', 'log-forbidden'],
    ['GROUP_AUTHORIZATION_FAILED', false, 'not-allowed', 'log-forbidden'],
    ['CLUSTER_AUTHORIZATION_FAILED', false, 'not-allowed', 'log-forbidden'],
    ['UNSUPPORTED_VERSION', false, 'lasting', 'log-failed'],
  ])('%s (retriable: %s) is %s and becomes %s', (type, retriable, fault, code) => {
    expect(kafkaFault(protocolError(type, retriable))).toBe(fault);
    expect(rowLogError(protocolError(type, retriable), 'reading', READING)).toMatchObject({
      code,
      canRetry: fault === 'passing',
    });
  });
});

describe('a call that the user has no right to', () => {
  const refusal = (type: string) => Object.assign(new Error('Not authorized'), { type, retriable: false });
  const errorOf = (type: string, doing: string, needed: NeededRights) => {
    const { message, hint, code, canRetry } = rowLogError(refusal(type), doing, needed);
    return { message, hint, code, canRetry };
  };

  it('a forbidden call names the topic, the missing right and the command that grants it', () => {
    expect(
      errorOf('TOPIC_AUTHORIZATION_FAILED', 'appending to rows', { topic: 'rows', onTopic: 'Write' }),
    ).toEqual({
      code: 'log-forbidden',
      canRetry: false,
      message:
        'kafka: appending to rows is forbidden: this user lacks the right Write on topic rows (TOPIC_AUTHORIZATION_FAILED)',
      hint: 'topic rows needs it: kafka-acls.sh --add --allow-principal User:NAME --operation Write --topic rows',
    });
  });

  it('a forbidden mirror names its group', () => {
    const needed = { topic: 'rows', onTopic: 'Read', group: 'alder-iris' } as const;
    const { message, hint } = errorOf('GROUP_AUTHORIZATION_FAILED', 'mirroring offsets', needed);
    expect(message).toContain('lacks the right Read on group alder-iris');
    expect(hint).toMatch(/^topic rows .* --operation Read --group alder-iris$/);
  });

  it('a forbidden call names the cluster where a broker demands a right to it', () => {
    const needed = { topic: 'rows', onTopic: 'Write' } as const;
    const { message, hint } = errorOf('CLUSTER_AUTHORIZATION_FAILED', 'appending to rows', needed);
    expect(message).toContain('lacks the right IdempotentWrite on the cluster');
    expect(hint).toMatch(/^topic rows .* --operation IdempotentWrite --cluster$/);
  });

  it('a missing right is found inside the wrapper of a client that gave up, and is never retried', () => {
    const wrapped = Object.assign(new KafkaJSNonRetriableError('gave up'), {
      cause: refusal('TOPIC_AUTHORIZATION_FAILED'),
    });
    expect(kafkaFault(wrapped)).toBe('not-allowed');
    expect(rowLogError(wrapped, 'reading', READING)).toMatchObject({ code: 'log-forbidden', cause: wrapped });
  });

  it('an append without the right is refused after one send', async () => {
    let sends = 0;
    const producer = {
      connect: async () => undefined,
      disconnect: async () => undefined,
      send: async () => {
        sends++;
        throw refusal('TOPIC_AUTHORIZATION_FAILED');
      },
    };
    const rows = new TopicProducer('rows', () => producer as unknown as Producer, 'append-refused');
    await expect(rows.send(0, [{ value: 'row' }])).rejects.toMatchObject({
      code: 'log-forbidden',
      canRetry: false,
      message: expect.stringContaining('Write on topic rows'),
    });
    expect(sends).toBe(1);
  });

  it.each([['rows'], ['rows.rejected']])(
    'a hidden topic %s ends the opening at once and is named',
    async (hidden) => {
      const admin = {
        connect: async () => undefined,
        disconnect: async () => undefined,
        describeCluster: async () => ({ clusterId: 'one' }),
        describeConfigs: async () => ({ resources: [] }),
        fetchTopicMetadata: async ({ topics: [name] }: { topics: string[] }) => {
          if (name === hidden) throw refusal('TOPIC_AUTHORIZATION_FAILED');
          return { topics: [{ name, partitions: [{}] }] };
        },
      };
      const asked = { brokers: ['b:9092'], topic: 'rows', partitions: 1, openTimeoutMs: 60_000 };
      const opening = openTopics(
        () => admin as unknown as Admin,
        asked,
        () => undefined,
      );
      await expect(opening).rejects.toMatchObject({
        code: 'log-forbidden',
        message: expect.stringMatching(new RegExp(`Describe on topic ${hidden} `)),
      });
    },
  );
});

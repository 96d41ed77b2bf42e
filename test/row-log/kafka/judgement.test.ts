import {
  type Admin,
  KafkaJSConnectionError,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
  type Producer,
} from 'kafkajs';
import { kafkaFault, rowLogError } from '../../../shared/row-log/kafka/faults';
import { quietened, Trouble } from '../../../shared/row-log/kafka/notices';
import { openTopics } from '../../../shared/row-log/kafka/open-topics';
import { RangeJudge } from '../../../shared/row-log/kafka/out-of-range';
import { rejectedSends } from '../../../shared/row-log/kafka/rejected-rows';
import type { NeededRights } from '../../../shared/row-log/kafka/rights';
import { TopicProducer } from '../../../shared/row-log/kafka/topic-producer';

const READING: NeededRights = { topic: 'rows', onTopic: 'Read' };

describe('what an error of Kafka means', () => {
  const refused = new KafkaJSConnectionError('connect ECONNREFUSED');
  const protocolError = (type: string, retriable = false) =>
    Object.assign(new Error(type), { type, retriable });

  it('is found inside the wrappers of a client that gave up', () => {
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
  ])('%s', (type, retriable, fault, code) => {
    expect(kafkaFault(protocolError(type, retriable))).toBe(fault);
    expect(rowLogError(protocolError(type, retriable), 'reading', READING)).toMatchObject({
      code,
      canRetry: fault === 'passing',
    });
  });
});

describe('a call that the user has no right to', () => {
  const refusal = (type: string) => Object.assign(new Error('Not authorized'), { type, retriable: false });
  const told = (type: string, doing: string, needed: NeededRights) => {
    const { message, hint, code, canRetry } = rowLogError(refusal(type), doing, needed);
    return { message, hint, code, canRetry };
  };

  it('names the topic, the right that is missing and the command that grants it', () => {
    expect(
      told('TOPIC_AUTHORIZATION_FAILED', 'appending to rows', { topic: 'rows', onTopic: 'Write' }),
    ).toEqual({
      code: 'log-forbidden',
      canRetry: false,
      message:
        'kafka: appending to rows is forbidden: this user lacks the right Write on topic rows (TOPIC_AUTHORIZATION_FAILED)',
      hint: 'topic rows needs it: kafka-acls.sh --add --allow-principal User:NAME --operation Write --topic rows',
    });
  });

  it('names the group of the mirrored offsets', () => {
    const needed = { topic: 'rows', onTopic: 'Read', group: 'alder-iris' } as const;
    const { message, hint } = told('GROUP_AUTHORIZATION_FAILED', 'mirroring offsets', needed);
    expect(message).toContain('lacks the right Read on group alder-iris');
    expect(hint).toMatch(/^topic rows .* --operation Read --group alder-iris$/);
  });

  it('names the cluster where a broker asks a right to it', () => {
    const needed = { topic: 'rows', onTopic: 'Write' } as const;
    const { message, hint } = told('CLUSTER_AUTHORIZATION_FAILED', 'appending to rows', needed);
    expect(message).toContain('lacks the right IdempotentWrite on the cluster');
    expect(hint).toMatch(/^topic rows .* --operation IdempotentWrite --cluster$/);
  });

  it('is seen inside the wrapper of a client that gave up, and is never tried again', () => {
    const wrapped = Object.assign(new KafkaJSNonRetriableError('gave up'), {
      cause: refusal('TOPIC_AUTHORIZATION_FAILED'),
    });
    expect(kafkaFault(wrapped)).toBe('not-allowed');
    expect(rowLogError(wrapped, 'reading', READING)).toMatchObject({ code: 'log-forbidden', cause: wrapped });
  });

  it('refuses an append for good', async () => {
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

  it.each([['rows'], ['rows.rejected']])('ends the opening at once, naming topic %s', async (hidden) => {
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
  });
});

describe('an offset that a broker calls out of range', () => {
  const bounds = { partition: 0, earliest: 10, end: 20 };
  const clock = { ms: 0 };
  const judgeAt = (judge: RangeJudge, ms: number, from: number) => {
    clock.ms = ms;
    return judge.judge({ partition: 0, from }, bounds)?.code ?? null;
  };
  const newJudge = () => new RangeJudge('rows', () => clock.ms);

  it('is gone when the leader holds nothing that old', () => {
    expect(judgeAt(newJudge(), 0, 9)).toBe('log-range-gone');
  });

  it('is right when it is within the bounds of the leader', () => {
    const judge = newJudge();
    expect([judgeAt(judge, 0, 10), judgeAt(judge, 0, 20)]).toEqual([null, null]);
  });

  it('is of another log when it stays above the end for two seconds', () => {
    const judge = newJudge();
    expect([judgeAt(judge, 0, 21), judgeAt(judge, 1_999, 21)]).toEqual([null, null]);
    expect(judgeAt(judge, 2_000, 21)).toBe('log-replaced');
  });

  it('starts its two seconds anew when it was within the bounds meanwhile', () => {
    const judge = newJudge();
    expect([judgeAt(judge, 0, 21), judgeAt(judge, 1_500, 20), judgeAt(judge, 2_500, 21)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('notices', () => {
  it('come once when trouble begins and once when it is over', () => {
    const given: string[] = [];
    let ms = 0;
    const trouble = new Trouble(
      'reading rows',
      (code, message) => given.push(`${code}: ${message}`),
      () => ms,
    );
    trouble.over();
    for (ms = 0; ms < 300; ms += 100) trouble.met(new Error('refused'));
    trouble.over();
    trouble.over();
    expect(given).toEqual([
      'kafka-trouble: reading rows: refused; trying again until it answers',
      'kafka-recovered: reading rows: answers again after 300 ms',
    ]);
  });

  it('that repeat within ten seconds are dropped', () => {
    const given: string[] = [];
    let ms = 0;
    const tell = quietened(
      (_, message) => given.push(`${message} at ${ms}`),
      () => ms,
    );
    for (ms = 0; ms <= 20_000; ms += 2_500) tell('kafka-client', 'refused');
    expect(given).toEqual(['refused at 0', 'refused at 10000', 'refused at 20000']);
  });
});

describe('rejected rows', () => {
  const row = (offset: number, bytes: number) =>
    ({
      partition: 0,
      offset,
      line: 0,
      reason: 'invalid-json',
      attempt: 1,
      bytes: new Uint8Array(bytes),
    }) as const;

  it('go in sends of at most 1,000', () => {
    const sends = rejectedSends(
      'rows',
      Array.from({ length: 2_001 }, (_, offset) => row(offset, 1)),
    );
    expect(sends.map((send) => send.length)).toEqual([1_000, 1_000, 1]);
  });

  it('go in sends below a megabyte, and a larger one goes alone', () => {
    const sends = rejectedSends('rows', [
      row(0, 400_000),
      row(1, 400_000),
      row(2, 400_000),
      row(3, 2_000_000),
      row(4, 1),
    ]);
    expect(sends.map((send) => send.map(({ key }) => key))).toEqual([
      ['rows/0/0/0', 'rows/0/1/0'],
      ['rows/0/2/0'],
      ['rows/0/3/0'],
      ['rows/0/4/0'],
    ]);
  });

  it('of none are no send', () => {
    expect(rejectedSends('rows', [])).toEqual([]);
  });
});

import { KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded } from 'kafkajs';
import { kafkaFault, rowLogError } from '../../shared/row-log/kafka/faults';
import { quietened, Trouble } from '../../shared/row-log/kafka/notices';
import { RangeJudge } from '../../shared/row-log/kafka/out-of-range';
import { rejectedSends } from '../../shared/row-log/kafka/rejected-rows';

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
    expect(rowLogError(tired, 'reading')).toMatchObject({ code: 'log-unavailable', canRetry: true });
  });

  it.each([
    ['UNKNOWN_TOPIC_OR_PARTITION', true, 'topic-unknown', 'topic-missing'],
    ['OFFSET_OUT_OF_RANGE', false, 'out-of-range', 'log-range-gone'],
    ['NOT_LEADER_FOR_PARTITION', true, 'passing', 'log-unavailable'],
    ['TOPIC_AUTHORIZATION_FAILED', false, 'not-allowed', 'log-unavailable'],
    ['UNSUPPORTED_VERSION', false, 'lasting', 'log-unavailable'],
  ])('%s', (type, retriable, fault, code) => {
    expect(kafkaFault(protocolError(type, retriable))).toBe(fault);
    expect(rowLogError(protocolError(type, retriable), 'reading')).toMatchObject({
      code,
      canRetry: fault === 'passing',
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

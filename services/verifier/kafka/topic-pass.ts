import { randomUUID } from 'node:crypto';
import type { Admin, Consumer, IHeaders, Kafka, KafkaMessage } from 'kafkajs';
import { AlderError } from '../../../shared/errors';
import type { RawBounds, RawMessage, RawRun, RawTopic } from '../deep-source';
import { fromKafka, kafkaError } from './client';
import { RunQueue } from './run-queue';

/** Long, since fits on large windows block the heartbeats, and no other member waits for this group. */
const SESSION_MS = 300_000;

/**
 * One pass over a topic by a plain consumer in a random group of its own, which commits nothing and is deleted at the
 * end. kafkajs answers an offset out of range with a silent jump, and drops batches of control records. So this class
 * holds the position: every join seeks to it, and a gap in the offsets is accepted only while the log begins before it.
 */
export class KafkaTopicPass implements RawTopic {
  private readonly consumer: Consumer;
  private readonly groupId = `alder-verify-${randomUUID()}`;
  private readonly queues: readonly RunQueue[];
  /** The next offset of each partition: `fetched` for the consumer, `taken` for the reader. */
  private readonly fetched: number[];
  private readonly taken: number[];
  private running: Promise<void> | null = null;

  constructor(
    kafka: Kafka,
    private readonly admin: Admin,
    private readonly topic: string,
    readonly bounds: readonly RawBounds[],
  ) {
    this.fetched = bounds.map(({ earliest }) => earliest);
    this.taken = bounds.map(({ earliest }) => earliest);
    const pauseOf = (partition: number) => [{ topic, partitions: [partition] }];
    const control = {
      pause: (partition: number) => this.consumer.pause(pauseOf(partition)),
      resume: (partition: number) => this.consumer.resume(pauseOf(partition)),
    };
    this.queues = bounds.map(({ partition }) => new RunQueue(partition, control));
    this.consumer = kafka.consumer({
      groupId: this.groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: SESSION_MS,
      maxWaitTimeInMs: 100,
      maxBytesPerPartition: 1_048_576,
      retry: { retries: 40 },
    });
  }

  async read(partition: number): Promise<RawRun | null> {
    const { end } = this.bounds[partition]!;
    if (this.taken[partition]! >= end) return null;
    this.running ??= this.run();
    await fromKafka(`reading ${this.topic}`, this.running);
    const run = await this.queues[partition]!.next().catch((error) => {
      throw error instanceof AlderError ? error : kafkaError(`reading ${this.topic}`, error);
    });
    const next = Math.min(run.next, end);
    this.taken[partition] = next;
    return { messages: run.messages.filter(({ offset }) => offset < end), next };
  }

  async close(): Promise<void> {
    if (this.running === null) return;
    await this.consumer.disconnect();
    // The group holds no offsets, and the broker removes an empty group in time.
    await this.admin.deleteGroups([this.groupId]).catch(() => undefined);
  }

  private async run(): Promise<void> {
    const { consumer, topic } = this;
    const { GROUP_JOIN, END_BATCH_PROCESS, CRASH } = consumer.events;
    consumer.on(GROUP_JOIN, () => {
      this.fetched.forEach((offset, partition) => {
        consumer.seek({ topic, partition, offset: String(offset) });
      });
    });
    // kafkajs restarts by itself where a restart may help, for example after a coordinator that was loading.
    consumer.on(CRASH, ({ payload: { error, restart } }) => {
      if (!restart) this.fail(error);
    });
    // A batch of only control or aborted records never reaches eachBatch, so this event reports it.
    consumer.on(END_BATCH_PROCESS, ({ payload: { partition, firstOffset, lastOffset } }) =>
      this.take(partition, firstOffset, lastOffset, []),
    );
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: this.bounds.length,
      eachBatch: async ({ batch, heartbeat }) => {
        const { partition, messages } = batch;
        await this.take(partition, batch.firstOffset(), batch.lastOffset(), messages);
        await heartbeat();
      },
    });
  }

  private async take(
    partition: number,
    firstOffset: string | null,
    lastOffset: string,
    fetched: readonly KafkaMessage[],
  ): Promise<void> {
    const expected = this.fetched[partition];
    if (expected === undefined) return;
    if (Number(firstOffset ?? expected) > expected && (await this.isLoss(partition, expected))) return;
    const next = Number(lastOffset) + 1;
    // Another batch may have come while `isLoss` waited.
    if (next <= this.fetched[partition]!) return;
    const messages = fetched.map(messageOf).filter(({ offset }) => offset >= expected);
    this.fetched[partition] = next;
    this.queues[partition]!.push({ messages, next });
  }

  /** Skipped offsets are a loss when the log now begins behind them; else they were control or compacted records. */
  private async isLoss(partition: number, expected: number): Promise<boolean> {
    const offsets = await this.admin.fetchTopicOffsets(this.topic);
    const earliest = Number(offsets.find((each) => each.partition === partition)?.low ?? expected);
    if (earliest <= expected) return false;
    const loss = `offset ${expected} of partition ${partition} of ${this.topic} was deleted during the pass`;
    const fields = { topic: this.topic, partition, offset: expected, earliest };
    this.fail(new AlderError('log-range-gone', `${loss}; the log begins at ${earliest} now`, { fields }));
    return true;
  }

  private fail(error: Error): void {
    for (const queue of this.queues) queue.fail(error);
  }
}

function messageOf({ offset, timestamp, key, headers, value }: KafkaMessage): RawMessage {
  const exact = Number(offset);
  if (!Number.isSafeInteger(exact)) {
    throw new AlderError('offset-too-large', `kafka: offset ${offset} is above 2^53 - 1`);
  }
  return {
    offset: exact,
    timestampMs: timeOf(timestamp),
    key: key === null ? null : key.toString('utf8'),
    headers: textsOf(headers),
    value,
  };
}

/** Headers as text; the last value of a header that appears several times; null without headers. */
function textsOf(headers: IHeaders | undefined): RawMessage['headers'] {
  const entries = Object.entries(headers ?? {});
  if (entries.length === 0) return null;
  return Object.fromEntries(
    entries.map(([name, value]) => [name, String((Array.isArray(value) ? value.at(-1) : value) ?? '')]),
  );
}

/** Milliseconds since 1970; −1 for a timestamp that no Date holds (ECMA-262, 21.4.1.1), such as one in nanoseconds. */
function timeOf(timestamp: string): number {
  const ms = Number(timestamp);
  return ms >= 0 && ms <= 8.64e15 ? ms : -1;
}

import type { RetryOptions } from 'kafkajs';
import { AlderError, invariant, type OperatingFault } from '../../errors';
import { systemClock } from '../../runtime/clock';
import { APPEND_MESSAGES_MAX, rangesFrom } from '../bounds';
import type { OffsetMirror } from '../offset-mirror';
import { rejectedTopic } from '../rejected-messages';
import type {
  AppendedRange,
  LogIdentity,
  MessageBlock,
  OffsetRange,
  OutgoingMessage,
  PartitionBounds,
  ReadBounds,
  ReadPosition,
  ReadRound,
  RejectedRow,
  ReplayProgress,
  RowLog,
} from '../row-log';
import { createClient, type KafkaConnection, LONG_RETRY, SHORT_RETRY } from './client';
import { clusterOf } from './client-internals/cluster';
import { ClusterPool } from './cluster-pool';
import { kafkaOffsetMirror } from './kafka-offset-mirror';
import { type Notice, rateLimited } from './notices';
import { readRange } from './read-range';
import { progressSends, rejectedSends } from './rejected-rows';
import { TopicFollower } from './topic-follower';
import { createProducer, kafkaMessage, TopicProducer } from './topic-producer';
import { openTopics } from './topics';

export interface KafkaRowLogOptions extends KafkaConnection {
  readonly topic: string;
  /** Partitions of a topic that has to be made; one that exists keeps its own. */
  readonly partitions: number;
  /** The consumer group that lag tools look at; it never has a member. */
  readonly mirrorGroup: string;
  /** Gets outages and recoveries, and the lines that kafkajs logs. */
  readonly onNotice?: Notice;
  /** How long to wait for a cluster that does not answer yet; a minute by default. */
  readonly openTimeoutMs?: number;
}

const OPEN_TIMEOUT_MS = 60_000;

/**
 * The row log on a Kafka topic, and the mirror of its reader's offsets. Throws `log-unavailable` when no broker answers
 * in time, `topic-missing` when a topic is missing and may not be made, `log-forbidden`, `topic-compacted`.
 *
 * The process should end with an explicit exit after closing: kafkajs can leave a socket open after a broker restart.
 */
export async function openKafkaRowLog(
  options: KafkaRowLogOptions,
): Promise<{ log: RowLog; mirror: OffsetMirror }> {
  const { brokers, topic, partitions, mirrorGroup, openTimeoutMs = OPEN_TIMEOUT_MS } = options;
  const notice: Notice = options.onNotice ?? (() => undefined);
  // All clients share it, because a client that replaces another one logs the same lines.
  const clientNotice = rateLimited(notice);
  let clients = 0;
  const client = (retry: RetryOptions) => createClient(options, retry, clientNotice, clients++);
  const needed = { brokers, topic, partitions, openTimeoutMs };
  const opened = await openTopics(() => client(SHORT_RETRY).admin(), needed, notice);
  const poolOf = (name: string) => new ClusterPool(name, () => clusterOf(client(SHORT_RETRY)));
  const pool = poolOf(topic);
  const producerOf = (name: string, refusalCode: OperatingFault): TopicProducer =>
    new TopicProducer(name, () => createProducer(client(LONG_RETRY)), refusalCode);
  const log = new KafkaRowLog({
    identity: { kind: 'kafka', clusterId: opened.clusterId, topic },
    partitionCount: opened.partitionCount,
    pool,
    rejectedPool: poolOf(rejectedTopic(topic)),
    rows: producerOf(topic, 'append-refused'),
    rejected: producerOf(rejectedTopic(topic), 'rejected-append-refused'),
    notice,
  });
  return { log, mirror: kafkaOffsetMirror(pool, topic, mirrorGroup) };
}

/** Requests under way at close get this time for their answers; a broker that hangs answers none. */
const CLOSE_MS_MAX = 1_000;

/** All rejected rows go to this partition, in their order; only a topic that Alder did not make has more. */
const REJECTED_PARTITION = 0;

interface KafkaLogParts {
  readonly identity: LogIdentity;
  readonly partitionCount: number;
  readonly pool: ClusterPool;
  /** Connections for reading the rejected rows. */
  readonly rejectedPool: ClusterPool;
  readonly rows: TopicProducer;
  readonly rejected: TopicProducer;
  readonly notice: Notice;
}

class KafkaRowLog implements RowLog {
  private readonly closing = new AbortController();
  private readonly followers = new Set<TopicFollower>();

  /** As last seen; a topic may be given more partitions, never fewer. */
  private partitionCount: number;

  constructor(private readonly parts: KafkaLogParts) {
    this.partitionCount = parts.partitionCount;
  }

  get identity(): LogIdentity {
    return this.parts.identity;
  }

  bounds(): Promise<PartitionBounds[]> {
    return this.parts.pool.call(`asking for the offsets of ${this.identity.topic}`, async (source) => {
      const bounds = await source.bounds();
      if (bounds.length >= this.partitionCount) return bounds;
      // A reader has seen a partition that this connection does not know yet.
      source.markStale();
      return await source.bounds();
    });
  }

  async append(partition: number, messages: readonly OutgoingMessage[]): Promise<AppendedRange> {
    invariant(
      messages.length <= APPEND_MESSAGES_MAX,
      `an append takes at most ${APPEND_MESSAGES_MAX} messages`,
    );
    if (partition >= this.partitionCount) await this.refuseUnknown(partition);
    if (messages.length === 0) return await this.nothingAppended(partition);
    return await this.parts.rows.send(partition, messages.map(kafkaMessage));
  }

  async *read(
    position: ReadPosition,
    bounds: ReadBounds,
    signal: AbortSignal,
  ): AsyncGenerator<ReadRound, void, undefined> {
    if (signal.aborted) return;
    const { pool, notice } = this.parts;
    const source = pool.borrow();
    const follower = new TopicFollower(source, position, bounds, notice, this.partitionCount);
    this.followers.add(follower);
    // An abort runs it at once, even when the reader has stopped pulling. The connection is free after the last fetch.
    const finish = (): void => {
      signal.removeEventListener('abort', finish);
      follower.finish().then(async () => {
        if (this.followers.delete(follower)) await pool.giveBack(source);
      });
    };
    signal.addEventListener('abort', finish);
    follower.start();
    try {
      for (;;) {
        const round = await follower.nextRound();
        if (round === null) return;
        this.partitionCount = Math.max(this.partitionCount, round.partitionCount);
        yield round;
      }
    } finally {
      finish();
    }
  }

  readRange(
    range: OffsetRange,
    bounds: ReadBounds,
    signal?: AbortSignal,
  ): AsyncGenerator<MessageBlock, void, undefined> {
    return this.rangeFrom(this.parts.pool, range, bounds, signal);
  }

  async appendRejected(rows: readonly RejectedRow[]): Promise<void> {
    for (const send of rejectedSends(this.identity.topic, rows)) {
      await this.parts.rejected.send(REJECTED_PARTITION, send);
    }
  }

  async *readRejected(
    from: ReadPosition,
    bounds: ReadBounds,
    signal?: AbortSignal,
  ): AsyncGenerator<MessageBlock, void, undefined> {
    const { rejectedPool } = this.parts;
    const doing = `asking for the offsets of ${rejectedPool.topic}`;
    const there = await rejectedPool.call(doing, (source) => source.bounds());
    for (const range of rangesFrom(from, there)) yield* this.rangeFrom(rejectedPool, range, bounds, signal);
  }

  async appendReplayProgress(marks: readonly ReplayProgress[]): Promise<void> {
    for (const send of progressSends(this.identity.topic, marks)) {
      await this.parts.rejected.send(REJECTED_PARTITION, send);
    }
  }

  /**
   * Ends every read, waits for the fetches (at most 250 ms when idle) and appends under way, and disconnects. It waits
   * for at most `CLOSE_MS_MAX`.
   */
  async close(): Promise<void> {
    this.closing.abort();
    const { pool, rejectedPool, rows, rejected } = this.parts;
    const closeReads = async (): Promise<void> => {
      await Promise.all([...this.followers].map((follower) => follower.finish()));
      await Promise.all([pool.close(), rejectedPool.close()]);
    };
    const enough = new AbortController();
    const closing = Promise.all([closeReads(), rows.close(), rejected.close()]);
    await Promise.race([closing, systemClock.sleep(CLOSE_MS_MAX, enough.signal)]);
    enough.abort();
  }

  private async *rangeFrom(
    pool: ClusterPool,
    range: OffsetRange,
    bounds: ReadBounds,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<MessageBlock, void, undefined> {
    const stop = new AbortController();
    const end = (): void => stop.abort();
    const signals = signal === undefined ? [this.closing.signal] : [this.closing.signal, signal];
    for (const each of signals) {
      if (each.aborted) end();
      each.addEventListener('abort', end);
    }
    const source = pool.borrow();
    try {
      yield* readRange(source, range, bounds, this.parts.notice, stop.signal);
    } finally {
      for (const each of signals) each.removeEventListener('abort', end);
      await pool.giveBack(source);
    }
  }

  /** A partition may have been added since the opening, so Kafka is asked again before the append is refused. */
  private async refuseUnknown(partition: number): Promise<void> {
    const { topic } = this.identity;
    const leaders = await this.parts.pool.call(`looking for partition ${partition} of ${topic}`, (source) => {
      source.markStale();
      return source.leaders();
    });
    this.partitionCount = Math.max(this.partitionCount, leaders.length);
    if (partition < this.partitionCount) return this.parts.rows.renew();
    throw noPartition(topic, partition);
  }

  private async nothingAppended(partition: number): Promise<AppendedRange> {
    const end = (await this.bounds()).find((each) => each.partition === partition)?.end;
    if (end === undefined) throw noPartition(this.identity.topic, partition);
    return { from: end, next: end };
  }
}

function noPartition(topic: string, partition: number): AlderError {
  return new AlderError('append-refused', `kafka: ${topic} has no partition ${partition}`, {
    fields: { topic, partition },
  });
}

import { AlderError, invariant } from '../../errors';
import { systemClock } from '../../runtime/clock';
import type { ReplayMark } from '../replay-marks';
import {
  APPEND_MESSAGES_MAX,
  type AppendedRange,
  type LogIdentity,
  type MessageBlock,
  type OffsetRange,
  type OutgoingMessage,
  type PartitionBounds,
  type ReadBounds,
  type ReadPosition,
  type ReadRound,
  type RejectedRow,
  type RowLog,
  rangesFrom,
} from '../row-log';
import type { ClusterPool } from './cluster-pool';
import { TopicFollower } from './follow';
import type { Notice } from './notices';
import { fetchBounds } from './offsets';
import { outgoing } from './outgoing';
import { readRange } from './read-range';
import { markSends, rejectedSends } from './rejected-rows';
import type { TopicProducer } from './topic-producer';

/** Requests under way at close may still be answered within this time; a broker that hangs answers none of them. */
const CLOSE_MS_MAX = 1_000;

/** Rejected rows all go here, in their order; a topic with more partitions is somebody else's doing. */
const REJECTED_PARTITION = 0;

export interface KafkaLogParts {
  readonly identity: LogIdentity;
  readonly partitionCount: number;
  readonly pool: ClusterPool;
  /** Connections for reading the rejected rows; the first reading of them makes one. */
  readonly rejectedPool: ClusterPool;
  readonly rows: TopicProducer;
  readonly rejected: TopicProducer;
  readonly notice: Notice;
}

/** The row log on a Kafka topic. */
export class KafkaRowLog implements RowLog {
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
      const bounds = await fetchBounds(source);
      if (bounds.length >= this.partitionCount) return bounds;
      // This connection's knowledge is older than that of a reading, which has seen a partition more.
      source.refreshNext();
      return await fetchBounds(source);
    });
  }

  async append(partition: number, messages: readonly OutgoingMessage[]): Promise<AppendedRange> {
    invariant(
      messages.length <= APPEND_MESSAGES_MAX,
      `an append takes at most ${APPEND_MESSAGES_MAX} messages`,
    );
    if (partition >= this.partitionCount) await this.refuseUnknown(partition);
    if (messages.length === 0) return await this.nothingAppended(partition);
    return await this.parts.rows.send(partition, messages.map(outgoing));
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
    // Runs at once when the signal aborts, also when nobody pulls any more; its connection is free again after the last fetch.
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
    const held = await rejectedPool.call(`asking for the offsets of ${rejectedPool.topic}`, fetchBounds);
    for (const range of rangesFrom(from, held)) yield* this.rangeFrom(rejectedPool, range, bounds, signal);
  }

  async appendMarks(marks: readonly ReplayMark[]): Promise<void> {
    for (const send of markSends(this.identity.topic, marks)) {
      await this.parts.rejected.send(REJECTED_PARTITION, send);
    }
  }

  /**
   * Ends every read, waits for the fetches (at most 250 ms when idle) and appends under way, and disconnects; after
   * `CLOSE_MS_MAX` what is still open ends without anybody waiting for it.
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

  /** A partition may have been added since the open; only Kafka's present answer refuses. */
  private async refuseUnknown(partition: number): Promise<void> {
    const { topic } = this.identity;
    const leaders = await this.parts.pool.call(`looking for partition ${partition} of ${topic}`, (source) => {
      source.refreshNext();
      return source.leaders();
    });
    this.partitionCount = Math.max(this.partitionCount, leaders.length);
    if (partition < this.partitionCount) return this.parts.rows.renew();
    throw new AlderError('append-refused', `kafka: ${topic} has no partition ${partition}`);
  }

  private async nothingAppended(partition: number): Promise<AppendedRange> {
    const end = (await this.bounds()).find((each) => each.partition === partition)?.end;
    if (end === undefined)
      throw new AlderError('append-refused', `kafka: ${this.identity.topic} has no partition ${partition}`);
    return { from: end, next: end };
  }
}

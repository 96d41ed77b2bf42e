import { AlderError, invariant } from '../../errors';
import type { Environment } from '../../lmdb/environment';
import { type Clock, systemClock } from '../../runtime/clock';
import { encodeEntries } from '../message-run';
import { markMessage, type ReplayMark } from '../replay-marks';
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
  rejectedMessage,
  rejectedTopic,
} from '../row-log';
import { followTopic, type ReadingOf, readTopicRange } from './reading';
import type { EmbeddedTopic } from './topic';
import { isRejectedTopic, openEmbeddedLogId, openEmbeddedTopic } from './topics';

export interface EmbeddedRowLogOptions {
  readonly topic: string;
  /** Counts only when the topic has to be made: the number of its partitions is fixed then. */
  readonly partitions: number;
  readonly clock?: Clock;
}

/**
 * Opens a topic of the embedded log together with its topic of rejected rows, and makes what is missing. Opened on
 * `<topic>.rejected` itself it reads the rejected rows as messages. Closing it leaves the environment open. Throws
 * `log-unavailable`.
 */
export async function openEmbeddedRowLog(
  environment: Environment,
  { topic, partitions, clock = systemClock }: EmbeddedRowLogOptions,
): Promise<RowLog> {
  const clusterId = await openEmbeddedLogId(environment);
  const rows = await openEmbeddedTopic(environment, topic, partitions);
  const rejected = isRejectedTopic(topic)
    ? null
    : await openEmbeddedTopic(environment, rejectedTopic(topic), 1);
  return new EmbeddedRowLog(environment, { kind: 'embedded', clusterId, topic }, rows, rejected, clock);
}

class EmbeddedRowLog implements RowLog {
  private readonly reading: ReadingOf;
  private isClosed = false;

  constructor(
    private readonly environment: Environment,
    readonly identity: LogIdentity,
    private readonly topic: EmbeddedTopic,
    /** Null for a log that is itself one of rejected rows. */
    private readonly rejected: EmbeddedTopic | null,
    private readonly clock: Clock,
  ) {
    this.reading = { topic, environment, clock, checkOpen: () => this.checkOpen() };
  }

  async bounds(): Promise<PartitionBounds[]> {
    this.checkOpen();
    return this.topic.bounds();
  }

  async append(partition: number, messages: readonly OutgoingMessage[]): Promise<AppendedRange> {
    this.checkOpen();
    invariant(
      messages.length <= APPEND_MESSAGES_MAX,
      `an append has at most ${APPEND_MESSAGES_MAX} messages, not ${messages.length}`,
    );
    return this.appendTo(this.topic, partition, messages);
  }

  read(position: ReadPosition, bounds: ReadBounds, signal: AbortSignal): AsyncIterable<ReadRound> {
    return followTopic(this.reading, position, bounds, signal);
  }

  readRange(range: OffsetRange, bounds: ReadBounds, signal?: AbortSignal): AsyncIterable<MessageBlock> {
    return readTopicRange(this.reading, range, bounds, signal);
  }

  async appendRejected(rows: readonly RejectedRow[]): Promise<void> {
    await this.appendToRejected(
      rows.map((row) => ({ value: row.bytes, headers: rejectedMessage(this.identity.topic, row).headers })),
    );
  }

  async *readRejected(
    from: ReadPosition,
    bounds: ReadBounds,
    signal?: AbortSignal,
  ): AsyncGenerator<MessageBlock, void, undefined> {
    this.checkOpen();
    if (this.rejected === null) return;
    const reading = { ...this.reading, topic: this.rejected };
    for (const range of rangesFrom(from, this.rejected.bounds())) {
      yield* readTopicRange(reading, range, bounds, signal);
    }
  }

  async appendMarks(marks: readonly ReplayMark[]): Promise<void> {
    await this.appendToRejected(
      marks.map((mark) => ({ value: null, headers: markMessage(this.identity.topic, mark).headers })),
    );
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.environment.wake();
  }

  /** Entries are made before the transaction begins, so that the write lock is held for as little as possible. */
  private appendTo(
    topic: EmbeddedTopic,
    partition: number,
    messages: readonly OutgoingMessage[],
  ): Promise<AppendedRange> {
    const timestampMs = Date.parse(this.clock.wallTime());
    return topic.append(partition, encodeEntries(timestampMs, messages));
  }

  private async appendToRejected(messages: readonly OutgoingMessage[]): Promise<void> {
    this.checkOpen();
    if (this.rejected === null) {
      const { topic } = this.identity;
      throw new AlderError(
        'rejected-append-refused',
        `row log: ${topic} holds rejected rows and rejects none`,
      );
    }
    for (let from = 0; from < messages.length; from += APPEND_MESSAGES_MAX) {
      await this.appendTo(this.rejected, 0, messages.slice(from, from + APPEND_MESSAGES_MAX));
    }
  }

  private checkOpen(): void {
    if (this.isClosed) {
      throw new AlderError('log-closed', `row log: ${this.identity.topic} was closed by this process`);
    }
  }
}

import { setImmediate } from 'node:timers/promises';
import { AlderError, invariant } from '../../errors';
import type { Environment } from '../../lmdb/environment';
import { type Clock, systemClock } from '../../runtime/clock';
import { Signal } from '../../runtime/signal';
import { APPEND_MESSAGES_MAX, rangesFrom } from '../bounds';
import { progressMessage, rejectedMessage, rejectedTopic } from '../rejected-messages';
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
import { type EmbeddedTopic, isRejectedTopic, openEmbeddedLogId, openEmbeddedTopic } from './embedded-topic';
import { encodeEntries } from './stored-entries';

/** Writes of other processes give no signal, so a waiting read polls this often. */
const POLL_MS = 20;

interface EmbeddedRowLogOptions {
  readonly topic: string;
  /** Partitions of a topic that has to be made; the number never changes afterwards. */
  readonly partitions: number;
  readonly clock?: Clock;
}

/**
 * Opens a topic of the embedded log and its topic of rejected rows, and makes missing ones. The log of
 * `<topic>.rejected` itself reads the rejected rows as messages. Closing the log leaves the environment open. Throws
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
  private isClosed = false;

  constructor(
    private readonly environment: Environment,
    readonly identity: LogIdentity,
    private readonly topic: EmbeddedTopic,
    /** Null for a log that is itself one of rejected rows. */
    private readonly rejected: EmbeddedTopic | null,
    private readonly clock: Clock,
  ) {}

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

  /** Waits for a write of this process or the next poll, whichever comes first. */
  async *read(
    position: ReadPosition,
    bounds: ReadBounds,
    signal: AbortSignal,
  ): AsyncGenerator<ReadRound, void, undefined> {
    const { topic, environment, clock } = this;
    const { partitionCount } = topic;
    const next = new Map(position);
    const written = new Signal();
    const stopListening = environment.onWrite(() => written.notify());
    try {
      let silentSinceMs = clock.monotonicMs();
      while (!signal.aborted) {
        this.checkOpen();
        const blocks = topic.readOn(next, bounds);
        const silentMs = clock.monotonicMs() - silentSinceMs;
        if (blocks.length === 0 && silentMs < bounds.waitMsMax) {
          await written.wait(Math.min(POLL_MS, bounds.waitMsMax - silentMs), clock, signal);
          continue;
        }
        for (const block of blocks) next.set(block.partition, block.next);
        yield { partitionCount, blocks };
        await letTimersRun();
        silentSinceMs = clock.monotonicMs();
      }
    } finally {
      stopListening();
    }
  }

  readRange(range: OffsetRange, bounds: ReadBounds, signal?: AbortSignal): AsyncIterable<MessageBlock> {
    return this.rangeOf(this.topic, range, bounds, signal);
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
    for (const range of rangesFrom(from, this.rejected.bounds())) {
      yield* this.rangeOf(this.rejected, range, bounds, signal);
    }
  }

  async appendReplayProgress(progress: readonly ReplayProgress[]): Promise<void> {
    await this.appendToRejected(
      progress.map((each) => ({ value: null, headers: progressMessage(this.identity.topic, each).headers })),
    );
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.environment.wake();
  }

  private async *rangeOf(
    topic: EmbeddedTopic,
    { partition, from, next }: OffsetRange,
    bounds: ReadBounds,
    signal?: AbortSignal,
  ): AsyncGenerator<MessageBlock, void, undefined> {
    let at = from;
    while (at < next && signal?.aborted !== true) {
      this.checkOpen();
      const block = topic.readBlock(partition, at, next, bounds);
      at = block.next;
      yield block;
      await letTimersRun();
    }
  }

  /** Entries are made before the transaction begins, so that the write lock is held as briefly as possible. */
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
        { fields: { topic } },
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

/** Reading is synchronous, so timers such as the lease's would starve during a long catch-up without this pause. */
async function letTimersRun(): Promise<void> {
  await setImmediate();
}

import { randomUUID } from 'node:crypto';
import { AlderError, invariant } from '../../shared/errors';
import { APPEND_MESSAGES_MAX, DEFAULT_READ_BOUNDS, rangesFrom } from '../../shared/row-log/bounds';
import { progressMessage, rejectedMessage, rejectedTopic } from '../../shared/row-log/rejected-messages';
import type {
  AppendedRange,
  LogIdentity,
  MessageBlock,
  MessageHeaders,
  OffsetRange,
  OutgoingMessage,
  PartitionBounds,
  ReadBounds,
  ReadPosition,
  ReadRound,
  RejectedRow,
  ReplayProgress,
  RowLog,
} from '../../shared/row-log/row-log';
import { type Clock, systemClock } from '../../shared/runtime/clock';
import { MemoryTopic } from './memory-topic';

interface MemoryRowLogOptions {
  readonly topic?: string;
  readonly partitions?: number;
  readonly clock?: Clock;
  /** The log's identity; a random id by default. */
  readonly clusterId?: string;
}

/** A row log in memory, with hooks for the faults of a real one. Passes the row log contract. */
export class MemoryRowLog implements RowLog {
  readonly identity: LogIdentity;
  /** The appends, in order. */
  readonly appends: { readonly partition: number; readonly messages: number }[] = [];
  /** The rejected rows that this handle appended, in order. */
  readonly rejected: RejectedRow[] = [];
  /** Called before every append; its throw prevents the append. */
  beforeAppend: (partition: number) => void | Promise<void> = () => undefined;
  /** Called after every append; its throw is a lost acknowledgement. */
  afterAppend: (partition: number) => void | Promise<void> = () => undefined;

  /** Called before replay progress is appended; its throw prevents the append. */
  beforeMarks: (marks: readonly ReplayProgress[]) => void | Promise<void> = () => undefined;

  private closed = false;

  private constructor(
    private readonly topic: MemoryTopic,
    private readonly rejectedTopic: MemoryTopic,
    private readonly clock: Clock,
  ) {
    this.identity = { kind: 'embedded', clusterId: topic.clusterId, topic: topic.name };
  }

  /** Makes a topic, by default with one partition and the system clock. */
  static open({
    topic = 'alder-rows',
    partitions = 1,
    clock = systemClock,
    clusterId = randomUUID(),
  }: MemoryRowLogOptions = {}): MemoryRowLog {
    const rejected = new MemoryTopic(clusterId, rejectedTopic(topic), 1);
    return new MemoryRowLog(new MemoryTopic(clusterId, topic, partitions), rejected, clock);
  }

  /** Another handle on the same topic, like that of another process. */
  reopen(): MemoryRowLog {
    return new MemoryRowLog(this.topic, this.rejectedTopic, this.clock);
  }

  /** A handle that reads the rejected rows as messages. */
  openRejected(): MemoryRowLog {
    const none = new MemoryTopic(this.topic.clusterId, rejectedTopic(this.rejectedTopic.name), 1);
    return new MemoryRowLog(this.rejectedTopic, none, this.clock);
  }

  async bounds(): Promise<PartitionBounds[]> {
    this.checkOpen();
    return this.topic.partitions.map(({ partition, earliest, end }) => ({ partition, earliest, end }));
  }

  async append(partition: number, messages: readonly OutgoingMessage[]): Promise<AppendedRange> {
    this.checkOpen();
    invariant(
      messages.length <= APPEND_MESSAGES_MAX,
      `an append takes at most ${APPEND_MESSAGES_MAX} messages`,
    );
    const target = this.topic.partitions[partition];
    if (target === undefined)
      throw new AlderError('append-refused', `row log: there is no partition ${partition}`);
    await this.beforeAppend(partition);
    const from = target.end;
    const timestampMs = Date.parse(this.clock.wallTime());
    for (const message of messages) target.add(message, timestampMs);
    const next = target.end;
    this.appends.push({ partition, messages: messages.length });
    this.topic.tellReaders();
    await this.afterAppend(partition);
    return { from, next };
  }

  async *read(position: ReadPosition, bounds: ReadBounds, signal: AbortSignal): AsyncGenerator<ReadRound> {
    const next = new Map(position);
    while (!signal.aborted) {
      let blocks = this.nextBlocks(next, bounds);
      if (blocks.length === 0) {
        await this.waitForAppend(bounds.waitMsMax, signal);
        if (signal.aborted) return;
        blocks = this.nextBlocks(next, bounds);
      }
      for (const block of blocks) next.set(block.partition, block.next);
      yield { partitionCount: this.topic.partitions.length, blocks };
    }
  }

  async *readRange(
    range: OffsetRange,
    bounds: ReadBounds,
    signal?: AbortSignal,
  ): AsyncGenerator<MessageBlock> {
    yield* rangeBlocks(range, (rest) => this.rangeBlock(rest, bounds), signal);
  }

  /** The first block of a range. Throws `log-range-gone`. */
  rangeBlock({ partition, from, next }: OffsetRange, bounds: ReadBounds): MessageBlock {
    this.checkOpen();
    const source = this.topic.partitions[partition];
    if (source === undefined) throw new AlderError('log-range-gone', `row log: no partition ${partition}`);
    return source.block(from, next, bounds);
  }

  async appendRejected(rows: readonly RejectedRow[]): Promise<void> {
    this.checkOpen();
    for (const row of rows) {
      const { headers } = rejectedMessage(this.identity.topic, row);
      this.rejectedTopic.partitions[0]!.add({ value: row.bytes, headers }, Date.parse(this.clock.wallTime()));
      this.rejected.push(row);
    }
    this.rejectedTopic.tellReaders();
  }

  async *readRejected(
    from: ReadPosition,
    bounds: ReadBounds,
    signal?: AbortSignal,
  ): AsyncGenerator<MessageBlock> {
    this.checkOpen();
    for (const range of rangesFrom(from, this.rejectedTopic.partitions)) {
      yield* rangeBlocks(range, (rest) => this.rejectedBlock(rest, bounds), signal);
    }
  }

  async appendReplayProgress(marks: readonly ReplayProgress[]): Promise<void> {
    this.checkOpen();
    await this.beforeMarks(marks);
    for (const mark of marks) {
      const { headers } = progressMessage(this.identity.topic, mark);
      this.rejectedTopic.partitions[0]!.add({ value: null, headers }, Date.parse(this.clock.wallTime()));
    }
    this.rejectedTopic.tellReaders();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.topic.tellReaders();
  }

  /** The present end of every partition. */
  ends(): number[] {
    return this.topic.partitions.map(({ end }) => end);
  }

  /** The block from an offset on; null at the end. Throws `log-range-gone`. */
  blockAt(partition: number, from: number, bounds: ReadBounds = DEFAULT_READ_BOUNDS): MessageBlock | null {
    const source = this.topic.partitions[partition]!;
    return from === source.end ? null : source.block(from, source.end, bounds);
  }

  /** Adds a partition with the next number. */
  addPartition(): void {
    this.topic.addPartition();
  }

  /** Deletes every message below an offset, as retention does. */
  deleteBelow(partition: number, earliest: number): void {
    this.topic.partitions[partition]!.deleteBelow(earliest);
  }

  /** Appends offsets without a message, like control records. */
  appendControlRecords(partition: number, count: number): void {
    for (let i = 0; i < count; i++) this.topic.partitions[partition]!.addControlRecord();
    this.topic.tellReaders();
  }

  /** All messages of a partition, in order. */
  messages(partition: number): { offset: number; text: string | null; headers: MessageHeaders | null }[] {
    const source = this.topic.partitions[partition]!;
    const unbounded = { ...DEFAULT_READ_BOUNDS, blockMessagesMax: Infinity, blockBytesMax: Infinity };
    const block = source.block(source.earliest, source.end, unbounded);
    return block.offsets.map((offset, i) => {
      const value = block.values[i]!;
      const text = value === null ? null : Buffer.from(value).toString('utf8');
      return { offset, text, headers: block.headers?.[i] ?? null };
    });
  }

  private rejectedBlock({ partition, from, next }: OffsetRange, bounds: ReadBounds): MessageBlock {
    this.checkOpen();
    return this.rejectedTopic.partitions[partition]!.block(from, next, bounds);
  }

  private nextBlocks(next: ReadPosition, bounds: ReadBounds): MessageBlock[] {
    this.checkOpen();
    return this.topic.partitions.flatMap((source) => {
      const named = next.get(source.partition);
      if (named === null) return [];
      const from = named ?? source.earliest;
      return from === source.end ? [] : [source.block(from, source.end, bounds)];
    });
  }

  private async waitForAppend(waitMs: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    const stopWaiting = this.topic.onAppend(wake);
    signal.addEventListener('abort', wake, { once: true });
    await this.clock.sleep(waitMs, woken.signal);
    signal.removeEventListener('abort', wake);
    stopWaiting();
  }

  private checkOpen(): void {
    if (this.closed) throw new AlderError('log-closed', 'row log: it is closed');
  }
}

function* rangeBlocks(
  range: OffsetRange,
  read: (rest: OffsetRange) => MessageBlock,
  signal: AbortSignal | undefined,
): Generator<MessageBlock> {
  for (let from = range.from; from < range.next && signal?.aborted !== true; ) {
    const block = read({ ...range, from });
    yield block;
    from = block.next;
  }
}

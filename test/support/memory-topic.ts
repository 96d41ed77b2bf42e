import { AlderError } from '../../shared/errors';
import type { MessageBlock, MessageHeaders, OutgoingMessage, ReadBounds } from '../../shared/row-log/row-log';

/** Null at an offset without a message (a control record or a deleted message). */
type StoredMessage = {
  readonly value: Uint8Array | null;
  readonly timestampMs: number;
  readonly headers: MessageHeaders | null;
} | null;

/** Messages at offsets that never change; `earliest` rises when retention deletes from the front. */
class MemoryPartition {
  earliest = 0;
  private stored: StoredMessage[] = [];

  constructor(readonly partition: number) {}

  get end(): number {
    return this.earliest + this.stored.length;
  }

  add(message: OutgoingMessage, timestampMs: number): void {
    const { value, headers } = message;
    this.stored.push({
      value: typeof value === 'string' ? Buffer.from(value) : value === null ? null : Uint8Array.from(value),
      timestampMs,
      headers: headers === undefined ? null : { ...headers },
    });
  }

  /** Takes the next offset without a message. */
  addControlRecord(): void {
    this.stored.push(null);
  }

  deleteBelow(earliest: number): void {
    this.stored = this.stored.slice(earliest - this.earliest);
    this.earliest = earliest;
  }

  /** A block from an offset on, up to `next` or a bound. Throws `log-range-gone` for an offset outside the partition. */
  block(from: number, next: number, bounds: ReadBounds): MessageBlock {
    if (from < this.earliest || next > this.end || from > next) throw this.gone(from);
    const offsets: number[] = [];
    const values: (Uint8Array | null)[] = [];
    const timestampsMs: number[] = [];
    const headers: (MessageHeaders | null)[] = [];
    let bytes = 0;
    let offset = from;
    for (
      ;
      offset < next && offsets.length < bounds.blockMessagesMax && bytes < bounds.blockBytesMax;
      offset++
    ) {
      const stored = this.stored[offset - this.earliest]!;
      if (stored === null) continue;
      offsets.push(offset);
      values.push(stored.value);
      timestampsMs.push(stored.timestampMs);
      headers.push(stored.headers);
      bytes += stored.value?.length ?? 0;
    }
    const anyHeaders = headers.some((each) => each !== null);
    return {
      partition: this.partition,
      from,
      next: offset,
      offsets,
      values,
      timestampsMs,
      headers: anyHeaders ? headers : null,
    };
  }

  gone(offset: number): AlderError {
    return new AlderError(
      'log-range-gone',
      `row log: offset ${offset} of partition ${this.partition} is gone, there is ${this.earliest} to ${this.end}`,
    );
  }
}

/** The topic that several handles share. */
export class MemoryTopic {
  readonly partitions: MemoryPartition[] = [];
  private readonly readers = new Set<() => void>();

  constructor(
    readonly clusterId: string,
    readonly name: string,
    partitionCount: number,
  ) {
    for (let i = 0; i < partitionCount; i++) this.addPartition();
  }

  addPartition(): void {
    this.partitions.push(new MemoryPartition(this.partitions.length));
    this.tellReaders();
  }

  /** Calls `wake` after each append; gives the unsubscriber. */
  onAppend(wake: () => void): () => void {
    this.readers.add(wake);
    return () => this.readers.delete(wake);
  }

  tellReaders(): void {
    for (const wake of this.readers) wake();
  }
}

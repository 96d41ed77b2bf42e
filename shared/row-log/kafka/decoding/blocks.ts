import type { IHeaders } from 'kafkajs';
import { AlderError } from '../../../errors';
import type { MessageBlock, MessageHeaders, ReadBounds } from '../../row-log';
import { readable } from './aborted-records';
import type { FetchedPartition } from './fetch-answer';
import type { FetchedRecord } from './record-batches';

/**
 * Turns one partition's answer to a fetch from `from` into blocks within the bounds; none when no record is new. The
 * last block's `next` steps over control and aborted records at the end, so reading goes on behind them; an answer of
 * such records alone gives one block without messages. Throws `offset-too-large` above 2^53.
 */
export function blocksOf(fetched: FetchedPartition, from: number, bounds: ReadBounds): MessageBlock[] {
  const last = fetched.messages.at(-1);
  if (last === undefined) return [];
  const next = nextAfter(last);
  if (next <= from) return [];
  const isReadable = readable(fetched.messages, fetched.abortedTransactions);
  const blocks: MessageBlock[] = [];
  let block = new BlockBuilder(fetched.partition, from);
  for (const record of fetched.messages) {
    if (block.isFull(bounds)) {
      const done = block.build(block.next);
      blocks.push(done);
      block = new BlockBuilder(fetched.partition, done.next);
    }
    const offset = safeOffset(record.offset);
    if (offset >= from && isReadable(record)) block.add(record, offset);
  }
  blocks.push(block.build(next));
  return blocks;
}

/** A batch keeps its last offset when its last records are deleted, so it may end behind its last record. */
function nextAfter(record: FetchedRecord): number {
  const next = safeOffset(record.offset) + 1;
  const batch = record.batchContext;
  if (batch === undefined) return next;
  return Math.max(next, safeOffset(batch.firstOffset) + batch.lastOffsetDelta + 1);
}

/** Reads an offset as a number. Throws `offset-too-large` for an offset that no number holds exactly. */
export function safeOffset(text: string | number): number {
  const offset = Number(text);
  if (!Number.isSafeInteger(offset)) {
    throw new AlderError('offset-too-large', `kafka: offset ${text} is above 2^53 - 1`, {
      fields: { offset: text },
    });
  }
  return offset;
}

class BlockBuilder {
  private readonly offsets: number[] = [];
  private readonly values: (Uint8Array | null)[] = [];
  private readonly timestampsMs: number[] = [];
  private headers: (MessageHeaders | null)[] | null = null;
  private bytes = 0;

  constructor(
    private readonly partition: number,
    private readonly from: number,
  ) {}

  /** The offset behind the last message that was added. */
  get next(): number {
    return (this.offsets.at(-1) ?? this.from - 1) + 1;
  }

  isFull(bounds: ReadBounds): boolean {
    if (this.offsets.length === 0) return false;
    return this.offsets.length >= bounds.blockMessagesMax || this.bytes >= bounds.blockBytesMax;
  }

  add(record: FetchedRecord, offset: number): void {
    const headers = textHeaders(record.headers);
    if (headers !== null && this.headers === null) this.headers = this.offsets.map(() => null);
    this.headers?.push(headers);
    this.offsets.push(offset);
    this.values.push(record.value);
    this.timestampsMs.push(timestampMsOf(record.timestamp));
    this.bytes += record.value?.length ?? 0;
  }

  build(next: number): MessageBlock {
    const { partition, from, offsets, values, timestampsMs, headers } = this;
    return { partition, from, next, offsets, values, timestampsMs, headers };
  }
}

/** Header values as text, the last value of a repeated name; null without headers. */
function textHeaders(headers: IHeaders | undefined): MessageHeaders | null {
  if (headers === undefined) return null;
  const names = Object.keys(headers);
  if (names.length === 0) return null;
  return Object.fromEntries(names.map((name) => [name, lastText(headers[name])]));
}

function lastText(value: IHeaders[string] | null): string {
  const last = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : (last?.toString('utf8') ?? '');
}

/** The last millisecond that a Date holds (ECMA-262, 21.4.1.1). */
const TIMESTAMP_MS_MAX = 8.64e15;

/** Milliseconds since 1970, −1 for none. A producer may send anything, such as nanoseconds: that is no time either. */
function timestampMsOf(timestamp: string | number): number {
  const ms = Number(timestamp);
  return ms >= 0 && ms <= TIMESTAMP_MS_MAX ? ms : -1;
}

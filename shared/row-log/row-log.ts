import type { RowFault } from '../errors';
import type { PackedValues } from './packed-values';
import { coordinatesText, type ReplayMark, type RowCoordinates } from './replay-marks';

/**
 * The row log: partitions of messages that are only ever appended, each message at an offset that never changes.
 *
 * Not in it: consumer groups, commits, connections. Who reads is decided by the registry's lease, and from where by
 * the newest version's record.
 */
export interface RowLog {
  readonly identity: LogIdentity;

  /** Earliest and end offset of every partition, in partition order; throws `log-unavailable` and `log-forbidden`. */
  bounds(): Promise<PartitionBounds[]>;

  /**
   * Appends messages to one partition, in order, and resolves once they are durable (acknowledged).
   * At most `APPEND_MESSAGES_MAX` messages a call. A throw means that the outcome is unknown, unless it is
   * `append-refused` or `log-forbidden`.
   */
  append(partition: number, messages: readonly OutgoingMessage[]): Promise<AppendedRange>;

  /**
   * Reads on from a position for ever, one round after another, until the signal aborts (then it ends without a
   * throw). A partition that the position does not name is read from its earliest offset; new partitions join by
   * themselves. One that it names with null is left out: that is how a reader lets a partition pause, by reading anew
   * from where it is. A round without messages comes at least every `waitMsMax`. The next round is fetched only when
   * the last one was taken, so a reader that stops pulling stops the fetching. Throws `log-range-gone` when retention
   * passed a position, `topic-missing`, `codec-missing`, `log-forbidden`, and `log-unavailable` (canRetry) when the topic was gone for
   * a moment, since what is there now may be another one.
   */
  read(position: ReadPosition, bounds: ReadBounds, signal: AbortSignal): AsyncIterable<ReadRound>;

  /**
   * Reads exactly the messages of [from, next) of one partition, in blocks. Ends when `next` is reached; offsets
   * without a message (control records, deleted ones) are stepped over. Throws `log-range-gone` when part of the
   * range is below the earliest offset or above the end.
   */
  readRange(range: OffsetRange, bounds: ReadBounds, signal?: AbortSignal): AsyncIterable<MessageBlock>;

  /**
   * Appends rejected rows to `<topic>.rejected` and resolves once they are durable, whatever partition they land in.
   * Throws `rejected-append-refused` when the log will not take them, and `log-forbidden`.
   */
  appendRejected(rows: readonly RejectedRow[]): Promise<void>;

  /**
   * Reads `<topic>.rejected`, rejected rows and marks as messages, one partition after another, and ends where each of
   * them ended when the reading began. A partition that `from` does not name, or names below its earliest offset, is read
   * from there. A signal ends it early, without a throw. Throws as `readRange` does.
   */
  readRejected(from: ReadPosition, bounds: ReadBounds, signal?: AbortSignal): AsyncIterable<MessageBlock>;

  /**
   * Appends what a replay of rejected rows notes for the next one to `<topic>.rejected`, in order, and resolves once it
   * is durable. Throws as `appendRejected` does.
   */
  appendMarks(marks: readonly ReplayMark[]): Promise<void>;

  close(): Promise<void>;
}

/** The most messages that one append takes: kafkajs is quadratic in the length of a send. */
export const APPEND_MESSAGES_MAX = 1_000;

export interface LogIdentity {
  readonly kind: 'embedded' | 'kafka';
  /** Kafka's cluster id, or the embedded log's own random id. */
  readonly clusterId: string;
  readonly topic: string;
}

/** `end` is the offset that the next message will get; the partition is empty when both are equal. */
export interface PartitionBounds {
  readonly partition: number;
  readonly earliest: number;
  readonly end: number;
}

/** The next offset to read of each partition; null for one that is not to be read. */
export type ReadPosition = ReadonlyMap<number, number | null>;

/** [from, next) of one partition. */
export interface OffsetRange {
  readonly partition: number;
  readonly from: number;
  readonly next: number;
}

/** Soft bounds of one block: it ends with the message that reaches one of them. `waitMsMax` is how long a read may stay silent. */
export interface ReadBounds {
  readonly blockMessagesMax: number;
  readonly blockBytesMax: number;
  readonly waitMsMax: number;
}

export const DEFAULT_READ_BOUNDS: ReadBounds = {
  blockMessagesMax: 10_000,
  blockBytesMax: 1_048_576,
  waitMsMax: 250,
};

/** What one round of reading brought: a block for each partition that had something. */
export interface ReadRound {
  /** Partitions known at this moment, numbered 0 to partitionCount − 1, empty ones included. */
  readonly partitionCount: number;
  readonly blocks: readonly MessageBlock[];
}

/** Message header values by name, as text. */
export type MessageHeaders = Readonly<Record<string, string>>;

/**
 * A run of messages of one partition as parallel arrays, so that reading makes no object per message.
 * Offsets rise; offsets in [from, next) that no message carries are control records or deleted in place.
 */
export interface MessageBlock {
  readonly partition: number;
  /** The offset that was asked for. */
  readonly from: number;
  /** The next offset to read. */
  readonly next: number;
  readonly offsets: readonly number[];
  readonly values: readonly (Uint8Array | null)[];
  /** The same values where they lie, from a log that has them so: then `values` is made when it is first asked for. */
  readonly packed?: PackedValues;
  /** Milliseconds since 1970, −1 where the log has none. */
  readonly timestampsMs: readonly number[];
  /** Null where no message of the block has headers. */
  readonly headers: readonly (MessageHeaders | null)[] | null;
}

export interface OutgoingMessage {
  readonly value: Uint8Array | string | null;
  readonly headers?: MessageHeaders;
}

/** First and next offset of what was appended. */
export interface AppendedRange {
  readonly from: number;
  readonly next: number;
}

/** A row that was refused, on its way to `<topic>.rejected`, keyed `topic/partition/offset/line`. */
export interface RejectedRow {
  readonly partition: number;
  readonly offset: number;
  /** 0-based line inside its message. */
  readonly line: number;
  readonly reason: RowFault;
  /** 1 for a row refused for the first time, one more for each time that it was sent again. */
  readonly attempt: number;
  /** Where the row was refused for the first time, for one that was sent again. */
  readonly origin?: RowCoordinates;
  /** Digest of the schema that refused it: trainers of other schemas may read the same topic. */
  readonly schemaDigest?: string;
  /** The original bytes; null for a null value; the first bytes only when `wholeSha256` is there. */
  readonly bytes: Uint8Array | null;
  /** Hex sha256 and length of the whole value, for one that was too large to keep. */
  readonly wholeSha256?: string;
  readonly wholeBytes?: number;
}

/** The topic that rejected rows of a topic go to. */
export function rejectedTopic(topic: string): string {
  return `${topic}.rejected`;
}

/** The key and the headers of a rejected row's message, the same in every adapter. */
export function rejectedMessage(
  topic: string,
  row: RejectedRow,
): { key: string; headers: Record<string, string> } {
  const headers: Record<string, string> = {
    'alder-topic': topic,
    'alder-partition': String(row.partition),
    'alder-offset': String(row.offset),
    'alder-line': String(row.line),
    'alder-reason': row.reason,
    'alder-attempt': String(row.attempt),
  };
  if (row.origin !== undefined) headers['alder-origin'] = coordinatesText(row.origin);
  if (row.schemaDigest !== undefined) headers['alder-schema'] = row.schemaDigest;
  if (row.wholeSha256 !== undefined) headers['alder-sha256'] = row.wholeSha256;
  if (row.wholeBytes !== undefined) headers['alder-bytes'] = String(row.wholeBytes);
  return { key: `${topic}/${coordinatesText(row)}`, headers };
}

/** What there is to read from a position on, a range for each partition that has something. */
export function rangesFrom(from: ReadPosition, bounds: readonly PartitionBounds[]): OffsetRange[] {
  return bounds.flatMap(({ partition, earliest, end }) => {
    const named = from.get(partition);
    if (named === null) return [];
    const first = Math.max(named ?? 0, earliest);
    return first < end ? [{ partition, from: first, next: end }] : [];
  });
}

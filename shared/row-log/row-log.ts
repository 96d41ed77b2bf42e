import type { RowFault } from '../errors';
import type { PackedValues } from './packed-values';

/**
 * The row log: partitions of messages that are only ever appended, each message at an offset that never changes.
 *
 * Not in it: consumer groups, commits, connections. The registry's lease decides which trainer reads, and the newest
 * version's record from which offsets.
 */
export interface RowLog {
  readonly identity: LogIdentity;

  /** Earliest and end offset of every partition, in partition order; throws `log-unavailable` and `log-forbidden`. */
  bounds(): Promise<PartitionBounds[]>;

  /**
   * Appends messages to one partition, in order, and resolves once they are durable (acknowledged).
   * At most `APPEND_MESSAGES_MAX` messages a call. After `append-refused` and `log-forbidden` nothing was appended; after
   * any other throw the outcome is unknown.
   */
  append(partition: number, messages: readonly OutgoingMessage[]): Promise<AppendedRange>;

  /**
   * Follows the log from a position, one round after another, until the signal aborts (then it ends without a throw).
   * A partition that the position does not name is read from its earliest offset, and new partitions join by themselves.
   * A partition at null is left out: a reader pauses a partition by reading anew with null. A round without messages
   * comes at least every `waitMsMax`. The next round is fetched after the last one was taken (backpressure).
   *
   * Throws `log-range-gone` when retention passed a position, `topic-missing`, `codec-missing`, `log-forbidden`, and
   * `log-unavailable` when the topic was gone for a moment, since its successor may be another topic.
   */
  read(position: ReadPosition, bounds: ReadBounds, signal: AbortSignal): AsyncIterable<ReadRound>;

  /**
   * Reads exactly the messages of [from, next) of one partition, in blocks, and ends at `next`. Offsets without a message
   * (control records, deleted messages) are stepped over. Throws `log-range-gone` when part of the range is below the
   * earliest offset or above the end.
   */
  readRange(range: OffsetRange, bounds: ReadBounds, signal?: AbortSignal): AsyncIterable<MessageBlock>;

  /**
   * Appends rejected rows to `<topic>.rejected`, the dead-letter topic, and resolves once they are durable. Throws
   * `rejected-append-refused` when the log will not take them, and `log-forbidden`.
   */
  appendRejected(rows: readonly RejectedRow[]): Promise<void>;

  /**
   * Reads the messages of `<topic>.rejected`, one partition after another, up to the ends that the partitions had when
   * the reading began. A partition that `from` does not name, or names below its earliest offset, is read from its
   * earliest offset. A signal ends the reading early, without a throw. Throws as `readRange` does.
   */
  readRejected(from: ReadPosition, bounds: ReadBounds, signal?: AbortSignal): AsyncIterable<MessageBlock>;

  /**
   * Appends the progress of a replay to `<topic>.rejected`, in order, and resolves once it is durable. Throws as
   * `appendRejected` does.
   */
  appendReplayProgress(progress: readonly ReplayProgress[]): Promise<void>;

  close(): Promise<void>;
}

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

/** The next offset to read of each partition; null for a partition that is left out. */
export type ReadPosition = ReadonlyMap<number, number | null>;

/** [from, next) of one partition. */
export interface OffsetRange {
  readonly partition: number;
  readonly from: number;
  readonly next: number;
}

/** Soft bounds of one block: it ends with the message that reaches one of them. A read is silent for `waitMsMax` at most. */
export interface ReadBounds {
  readonly blockMessagesMax: number;
  readonly blockBytesMax: number;
  readonly waitMsMax: number;
}

/** One round of reading: a block for each partition that had messages. */
export interface ReadRound {
  /** Partitions known now, numbered 0 to partitionCount − 1, empty ones included. */
  readonly partitionCount: number;
  readonly blocks: readonly MessageBlock[];
}

/** Message header values by name, as text. */
export type MessageHeaders = Readonly<Record<string, string>>;

/**
 * Messages of one partition as parallel arrays, so that reading makes no object per message. Offsets rise; offsets in
 * [from, next) without a message are control records or deleted messages.
 */
export interface MessageBlock {
  readonly partition: number;
  /** The offset that was asked for. */
  readonly from: number;
  /** The next offset to read. */
  readonly next: number;
  readonly offsets: readonly number[];
  readonly values: readonly (Uint8Array | null)[];
  /** The same values inside larger pieces of memory, from a log that stores them so: `values` is then made on first use. */
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

/** First and next offset of the appended messages. */
export interface AppendedRange {
  readonly from: number;
  readonly next: number;
}

/** A row that was refused, for `<topic>.rejected`; its key there is `topic/partition/offset/line`. */
export interface RejectedRow {
  readonly partition: number;
  readonly offset: number;
  /** 0-based line inside its message. */
  readonly line: number;
  readonly reason: RowFault;
  /** 1 for a row that is refused for the first time, one more with each replay. */
  readonly attempt: number;
  /** Where a replayed row was refused for the first time. */
  readonly origin?: RowCoordinates;
  /** Digest of the schema that refused the row; trainers of other schemas may read the same topic. */
  readonly schemaDigest?: string;
  /** The original bytes; null for a null value; only the first bytes when `wholeSha256` is set. */
  readonly bytes: Uint8Array | null;
  /** Hex sha256 and length of a value that was too large to store whole. */
  readonly wholeSha256?: string;
  readonly wholeBytes?: number;
}

/** The place of a row in the row log; `line` is 0-based, inside its message. */
export interface RowCoordinates {
  readonly partition: number;
  readonly offset: number;
  readonly line: number;
}

/**
 * The progress of a replay of rejected rows, stored so that the next replay repeats no row. `begun` names the end of each
 * partition of the row topic at that time, `replayed` the place where a row was acknowledged.
 */
export type ReplayProgress =
  | { readonly kind: 'begun'; readonly run: string; readonly from: ReadonlyMap<number, number> }
  | {
      readonly kind: 'replayed';
      readonly row: RowCoordinates;
      readonly attempt: number;
      readonly sent: { readonly partition: number; readonly offset: number };
    }
  | { readonly kind: 'ended'; readonly run: string };

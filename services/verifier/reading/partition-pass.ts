import { LINES_MAX, type MessageReader, VALUE_BYTES_MAX } from '../../../shared/row/message-reader';
import type { RawBounds, RawMessage, RawRun, RawTopic } from '../deep-source';
import { contentOf, RejectedTable, resentOf } from './rejected-table';
import { RetainedRows } from './retained-rows';

/** Counts over the messages from the log's earliest offset to a position. */
export interface Counts {
  readonly messages: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Counted without the row reader; equal to accepted and rejected together unless the reader loses a row. */
  readonly lines: number;
}

/**
 * Reads one partition once, in offset order, as far as the versions need it. Counts all messages and rows, and holds the
 * rows that a window may still need and the coordinates of every rejected line.
 */
export class PartitionPass {
  readonly rows: RetainedRows;
  readonly rejectedLines = new RejectedTable();
  /** All messages below this offset were read. */
  position: number;
  /** The last message below `position`; null before the first. */
  last: RawMessage | null = null;
  private counts: Counts = { messages: 0, accepted: 0, rejected: 0, lines: 0 };
  /** The run that was read from the topic and holds messages at `position` or above. */
  private ahead: RawRun | null = null;
  private aheadAt = 0;

  constructor(
    private readonly topic: RawTopic,
    readonly bounds: RawBounds,
    private readonly reader: MessageReader,
    featureCount: number,
  ) {
    this.rows = new RetainedRows(bounds.partition, featureCount);
    this.position = bounds.earliest;
  }

  /** Reads up to an offset and returns the counts below it; null for an offset that is out of bounds or already passed. */
  async countsAt(offset: number): Promise<Counts | null> {
    if (offset < this.position || offset > this.bounds.end) return null;
    await this.readTo(offset);
    return this.counts;
  }

  /** Reads the messages below an offset, at most to the end of the partition. */
  async readTo(offset: number): Promise<void> {
    const to = Math.min(offset, this.bounds.end);
    while (this.position < to) {
      this.ahead ??= await this.fetch();
      if (this.ahead === null) return;
      const { messages, next } = this.ahead;
      while (this.aheadAt < messages.length && messages[this.aheadAt]!.offset < to) {
        this.take(messages[this.aheadAt++]!);
      }
      if (this.aheadAt < messages.length || next > to) {
        this.position = to;
      } else {
        this.position = next;
        this.ahead = null;
      }
    }
  }

  private async fetch(): Promise<RawRun | null> {
    this.aheadAt = 0;
    return this.topic.read(this.bounds.partition);
  }

  private take(message: RawMessage): void {
    let rejected = 0;
    let isEncoded = false;
    const accepted = this.rows.add(message, this.reader, (line, reason, bytes) => {
      rejected++;
      if (reason === 'unsupported-encoding') isEncoded = true;
      this.rejectedLines.add(message.offset, line, contentOf(reason, bytes, resentOf(message.headers)));
    });
    const { counts } = this;
    this.counts = {
      messages: counts.messages + 1,
      accepted: counts.accepted + accepted,
      rejected: counts.rejected + rejected,
      lines: counts.lines + countLines(message.value, isEncoded),
    };
    this.last = message;
  }
}

/** The counts between two positions. */
export function countsBetween(from: Counts, to: Counts): Counts {
  return {
    messages: to.messages - from.messages,
    accepted: to.accepted - from.accepted,
    rejected: to.rejected - from.rejected,
    lines: to.lines - from.lines,
  };
}

const LINE_FEED = 0x0a;

/**
 * The lines of a message, counted byte by byte and without the row reader. A value that is null, empty, too large or
 * compressed by its headers (`isEncoded`) is one line. Other values have one line for each newline, and one more for bytes
 * behind the last newline.
 */
export function countLines(value: Uint8Array | null, isEncoded: boolean): number {
  if (value === null || value.length === 0 || value.length > VALUE_BYTES_MAX || isEncoded) return 1;
  let newlines = 0;
  for (const byte of value) if (byte === LINE_FEED) newlines++;
  const lines = value.at(-1) === LINE_FEED ? newlines : newlines + 1;
  return lines > LINES_MAX ? 1 : lines;
}

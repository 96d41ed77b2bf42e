import { AlderError } from '../errors';
import { encodeMessageFrame, frameTimestampMs, HAS_HEADERS, hasNoHeaders } from './message-frame';
import type { MessageHeaders, OutgoingMessage } from './row-log';

/**
 * Several messages of one append as the embedded log stores them, under the offset of the first; the others follow
 * without a gap:
 *
 *   byte 0        bit 2: a run; bit 1: there are headers
 *   bytes 1..8    timestamp in ms since 1970, f64, of all of them
 *   bytes 9..12   how many messages, u32
 *   u32 each      where the message's value ends, counted from the first value; bit 31: the value is null
 *   with headers: u32 length, then a JSON array with an object or null for each message
 *   the rest      the values, one behind the other
 *
 * Numbers are little-endian. An entry for each message costs LMDB's binding more than reading the row in it.
 */
export interface MessageRun {
  readonly count: number;
  readonly timestampMs: number;
  /** Shape [count]; null where no message has any. */
  readonly headers: readonly (MessageHeaders | null)[] | null;
  /** Where the first value begins in the entry. */
  readonly valuesAt: number;
}

/** What the messages of one entry come to at most, but for a message that has more alone: a read in the middle of a run fetches all of it. */
export const RUN_BYTES_MAX = 65_536;

/** Flags below this one are those of a message by itself, so a folder may hold both. */
const IS_RUN = 4;
const COUNT_AT = 9;
const ENDS_AT = 13;
const IS_NULL = 0x8000_0000;

/** One entry of the log: the frame of one message, or a run. */
export interface StoredEntry {
  readonly messages: number;
  readonly bytes: Buffer;
}

/** The messages as entries, in order. */
export function encodeEntries(timestampMs: number, messages: readonly OutgoingMessage[]): StoredEntry[] {
  const entries: StoredEntry[] = [];
  const values = messages.map(({ value }) =>
    typeof value === 'string' ? Buffer.from(value, 'utf8') : value,
  );
  const headers = messages.map(({ headers }) => (hasNoHeaders(headers) ? null : JSON.stringify(headers)));
  const sizeOf = (i: number) => (values[i]?.length ?? 0) + (headers[i]?.length ?? 0);
  for (let from = 0; from < messages.length; ) {
    let end = from + 1;
    for (let size = sizeOf(from); end < messages.length; end++) {
      size += sizeOf(end);
      if (size > RUN_BYTES_MAX) break;
    }
    const bytes =
      end === from + 1
        ? encodeMessageFrame(timestampMs, messages[from]!.headers, values[from]!)
        : encodeRun(timestampMs, values.slice(from, end), headers.slice(from, end));
    entries.push({ messages: end - from, bytes });
    from = end;
  }
  return entries;
}

function encodeRun(
  timestampMs: number,
  values: readonly (Uint8Array | null)[],
  headers: readonly (string | null)[],
): Buffer {
  const count = values.length;
  const isPlain = headers.every((text) => text === null);
  const headerBytes = isPlain ? null : Buffer.from(`[${headers.map((text) => text ?? 'null').join(',')}]`);
  const headersAt = ENDS_AT + 4 * count;
  const valuesAt = headersAt + (headerBytes === null ? 0 : 4 + headerBytes.length);
  const entry = Buffer.allocUnsafe(valuesAt + values.reduce((sum, value) => sum + (value?.length ?? 0), 0));
  entry[0] = IS_RUN | (headerBytes === null ? 0 : HAS_HEADERS);
  entry.writeDoubleLE(timestampMs, 1);
  entry.writeUInt32LE(count, COUNT_AT);
  if (headerBytes !== null) {
    entry.writeUInt32LE(headerBytes.length, headersAt);
    entry.set(headerBytes, headersAt + 4);
  }
  let end = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    if (value !== null) entry.set(value, valuesAt + end);
    end += value?.length ?? 0;
    entry.writeUInt32LE(value === null ? end + IS_NULL : end, ENDS_AT + 4 * i);
  }
  return entry;
}

export function isMessageRun(entry: Buffer): boolean {
  return entry[0]! >= IS_RUN;
}

/**
 * What a run says about its messages; their values are read with `valueEnd`. Throws `data-folder` when the entry is not
 * as long as it says, or has flags that this program does not know.
 */
export function decodeMessageRun(entry: Buffer, firstOffset: number): MessageRun {
  const flags = entry[0]!;
  if ((flags & ~HAS_HEADERS) !== IS_RUN) throw damaged(firstOffset, 'was written by a newer version');
  if (entry.length < ENDS_AT) throw damaged(firstOffset, 'is cut off');
  const count = entry.readUInt32LE(COUNT_AT);
  const headersAt = ENDS_AT + 4 * count;
  const hasHeaders = (flags & HAS_HEADERS) !== 0;
  if (count === 0 || headersAt + (hasHeaders ? 4 : 0) > entry.length)
    throw damaged(firstOffset, 'is cut off');
  const valuesAt = hasHeaders ? headersAt + 4 + entry.readUInt32LE(headersAt) : headersAt;
  if (valuesAt + valueEnd(entry, count - 1) !== entry.length)
    throw damaged(firstOffset, 'has another length');
  const headers = hasHeaders ? parseHeaders(entry.toString('utf8', headersAt + 4, valuesAt)) : null;
  if (headers !== null && headers.length !== count)
    throw damaged(firstOffset, 'has headers that cannot be read');
  return { count, timestampMs: frameTimestampMs(entry), headers, valuesAt };
}

/** None at all for a text that is no array. */
function parseHeaders(text: string): readonly (MessageHeaders | null)[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? (parsed as (MessageHeaders | null)[]) : [];
  } catch {
    return [];
  }
}

/** Where the value of message i ends, in bytes from `valuesAt`; it begins where the one before ends, the first at 0. */
export function valueEnd(entry: Buffer, i: number): number {
  return entry.readUInt32LE(ENDS_AT + 4 * i) & ~IS_NULL;
}

export function isNullValue(entry: Buffer, i: number): boolean {
  return entry[ENDS_AT + 4 * i + 3]! >= IS_NULL / 2 ** 24;
}

function damaged(firstOffset: number, fault: string): AlderError {
  return new AlderError('data-folder', `row log: the entry at offset ${firstOffset} ${fault}`, {
    hint: 'put back a copy of the data folder, or name another folder with ALDER_DATA_DIR',
  });
}

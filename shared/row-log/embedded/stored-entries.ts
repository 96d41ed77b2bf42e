import { AlderError } from '../../errors';
import type { MessageHeaders, OutgoingMessage } from '../row-log';

/** One entry of the embedded log: the frame of one message, or a run of several. */
export interface StoredEntry {
  readonly messages: number;
  readonly bytes: Buffer;
}

/** Packs the messages of one append into entries, in order. */
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

/**
 * A run: several messages of one append, stored under the offset of the first; the others follow without a gap.
 *
 *   byte 0        bit 2: a run; bit 1: there are headers
 *   bytes 1..8    timestamp in ms since 1970, f64, of all of them
 *   bytes 9..12   how many messages, u32
 *   u32 each      end of the message's value, counted from the first value; bit 31: the value is null
 *   with headers: u32 length, then a JSON array with an object or null for each message
 *   the rest      the values, one behind the other
 *
 * Numbers are little-endian. Runs exist because LMDB's binding takes longer for an entry than reading its row takes.
 */
interface MessageRun {
  readonly count: number;
  readonly timestampMs: number;
  /** Shape [count]; null where no message has headers. */
  readonly headers: readonly (MessageHeaders | null)[] | null;
  /** Where the first value begins in the entry. */
  readonly valuesAt: number;
}

/** A read in the middle of a run fetches all of it, so a run is bounded; a larger message gets an entry of its own. */
export const RUN_BYTES_MAX = 65_536;

/** A frame's flags are below this one, so a folder may hold both kinds. */
const IS_RUN = 4;
const COUNT_AT = 9;
const ENDS_AT = 13;
const NULL_END = 0x8000_0000;

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
    entry.writeUInt32LE(value === null ? end + NULL_END : end, ENDS_AT + 4 * i);
  }
  return entry;
}

export function isMessageRun(entry: Buffer): boolean {
  return entry[0]! >= IS_RUN;
}

/**
 * Reads the head of a run; `valueEnd` finds its values. Throws `data-folder` when the entry is cut off or has unknown
 * flags.
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

/** An empty array for a text that is no array. */
function parseHeaders(text: string): readonly (MessageHeaders | null)[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? (parsed as (MessageHeaders | null)[]) : [];
  } catch {
    return [];
  }
}

/** The end of message i's value, in bytes from `valuesAt`; a value begins at the end of the value before, the first at 0. */
export function valueEnd(entry: Buffer, i: number): number {
  return entry.readUInt32LE(ENDS_AT + 4 * i) & ~NULL_END;
}

export function isNullValue(entry: Buffer, i: number): boolean {
  return entry[ENDS_AT + 4 * i + 3]! >= NULL_END / 2 ** 24;
}

/**
 * A frame: one message with an entry of its own.
 *
 *   byte 0       bit 0: the value is null; bit 1: there are headers
 *   bytes 1..8   timestamp in ms since 1970, f64 little-endian
 *   with headers: u32 little-endian length, then the headers as JSON
 *   the rest     the value's bytes
 */
interface MessageFrame {
  readonly timestampMs: number;
  readonly headers: MessageHeaders | null;
  readonly value: Uint8Array | null;
}

const IS_NULL = 1;
const HAS_HEADERS = 2;
const HEADERS_AT = 9;

export function encodeMessageFrame(
  timestampMs: number,
  headers: MessageHeaders | undefined,
  value: Uint8Array | string | null,
): Buffer {
  const headerBytes = hasNoHeaders(headers) ? null : Buffer.from(JSON.stringify(headers));
  const valueBytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  const valueAt = headerBytes === null ? HEADERS_AT : HEADERS_AT + 4 + headerBytes.length;
  const frame = Buffer.allocUnsafe(valueAt + (valueBytes?.length ?? 0));
  frame[0] = (valueBytes === null ? IS_NULL : 0) | (headerBytes === null ? 0 : HAS_HEADERS);
  frame.writeDoubleLE(timestampMs, 1);
  if (headerBytes !== null) {
    frame.writeUInt32LE(headerBytes.length, HEADERS_AT);
    frame.set(headerBytes, HEADERS_AT + 4);
  }
  if (valueBytes !== null) frame.set(valueBytes, valueAt);
  return frame;
}

/** The value shares the frame's memory. */
export function decodeMessageFrame(frame: Buffer): MessageFrame {
  const flags = frame[0]!;
  let valueAt = HEADERS_AT;
  let headers: MessageHeaders | null = null;
  if ((flags & HAS_HEADERS) !== 0) {
    valueAt = HEADERS_AT + 4 + frame.readUInt32LE(HEADERS_AT);
    headers = JSON.parse(frame.toString('utf8', HEADERS_AT + 4, valueAt)) as MessageHeaders;
  }
  return {
    timestampMs: frameTimestampMs(frame),
    headers,
    value: (flags & IS_NULL) === 0 ? frame.subarray(valueAt) : null,
  };
}

/** True when a frame holds only a timestamp and a value; the value then begins at `PLAIN_VALUE_AT`. */
export function isPlainFrame(frame: Buffer): boolean {
  return frame[0] === 0;
}

export const PLAIN_VALUE_AT = HEADERS_AT;

/** Milliseconds since 1970. */
export function frameTimestampMs(frame: Buffer): number {
  return frame.readDoubleLE(1);
}

function hasNoHeaders(headers: MessageHeaders | undefined): boolean {
  for (const name in headers) if (Object.hasOwn(headers, name)) return false;
  return true;
}

function damaged(firstOffset: number, fault: string): AlderError {
  return new AlderError('data-folder', `row log: the entry at offset ${firstOffset} ${fault}`, {
    fields: { offset: firstOffset },
    hint: 'put back a copy of the data folder, or name another folder with ALDER_DATA_DIR',
  });
}

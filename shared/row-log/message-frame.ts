import type { MessageHeaders } from './row-log';

/**
 * One message as the embedded log stores it by itself:
 *
 *   byte 0       bit 0: the value is null; bit 1: there are headers
 *   bytes 1..8   timestamp in ms since 1970, f64 little-endian
 *   with headers: u32 little-endian length, then the headers as JSON
 *   the rest     the value's bytes
 */
export interface MessageFrame {
  readonly timestampMs: number;
  /** Null where the message has none. */
  readonly headers: MessageHeaders | null;
  readonly value: Uint8Array | null;
}

const IS_NULL = 1;
export const HAS_HEADERS = 2;
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

/** Whether a frame is only a timestamp and a value, which then begins at `PLAIN_VALUE_AT`. */
export function isPlainFrame(frame: Buffer): boolean {
  return frame[0] === 0;
}

export const PLAIN_VALUE_AT = HEADERS_AT;

/** Milliseconds since 1970. */
export function frameTimestampMs(frame: Buffer): number {
  return frame.readDoubleLE(1);
}

export function hasNoHeaders(headers: MessageHeaders | undefined): boolean {
  for (const name in headers) if (Object.hasOwn(headers, name)) return false;
  return true;
}

import { isUtf8 } from 'node:buffer';
import type { RowFault } from '../errors';
import { NumberScanner } from './number';

/** Faults of a text that cannot be parsed. */
export type ParseFault = Extract<
  RowFault,
  'invalid-json' | 'invalid-utf8' | 'duplicate-key' | 'forbidden-key' | 'too-deep' | 'too-many-fields'
>;

/**
 * The tokens of RFC 8259 over a range of bytes: white space, strings, numbers, `true`, `false` and `null`.
 *
 * `fault` holds the first fault in byte order. It is a field and not a throw, because a topic that holds only bad rows
 * must still be read at speed. After a fault the caller must not read on.
 */
export class JsonTokens {
  bytes: Uint8Array = EMPTY;
  /** The next byte to read. */
  at = 0;
  end = 0;
  fault: ParseFault | null = null;
  /** The last string: the range of its bytes without the quotes, and whether it contains escapes. */
  textFrom = 0;
  textTo = 0;
  textEscaped = false;
  protected readonly number = new NumberScanner();

  /** Starts a text, the bytes [from, to). */
  start(bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    this.fault = null;
  }

  /** Skips white space and returns the next byte without consuming it; −1 at the end. */
  peek(): number {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end) {
      const byte = bytes[at]!;
      if (byte !== SPACE && byte !== LINE_FEED && byte !== CARRIAGE_RETURN && byte !== TAB) {
        this.at = at;
        return byte;
      }
      at++;
    }
    this.at = at;
    return -1;
  }

  /** Records a fault; returns false, so that a reader can return the call. */
  fail(fault: ParseFault): false {
    this.fault = fault;
    return false;
  }

  /** The number at `at`: ±Infinity when no double holds it, NaN after a fault. */
  readNumber(): number {
    return this.skipNumber() ? this.number.value() : Number.NaN;
  }

  protected skipNumber(): boolean {
    if (!this.number.scan(this.bytes, this.at, this.end)) return this.fail('invalid-json');
    this.at = this.number.next;
    return true;
  }

  /** Consumes the string whose opening quote is at `at`, and sets `textFrom`, `textTo` and `textEscaped`. */
  readString(): boolean {
    const { bytes, end } = this;
    const from = this.at + 1;
    let at = from;
    let union = 0;
    let escaped = false;
    for (;;) {
      if (at >= end) return this.failInString(from, at);
      const byte = bytes[at]!;
      if (byte === QUOTE) break;
      if (byte < SPACE) return this.failInString(from, at);
      if (byte === BACKSLASH) {
        const escapeBytes = escapeLength(bytes, at, end);
        if (escapeBytes === 0) return this.failInString(from, at);
        escaped = true;
        at += escapeBytes;
      } else {
        union |= byte;
        at++;
      }
    }
    if (union >= 0x80 && !isUtf8(bytes.subarray(from, at))) return this.fail('invalid-utf8');
    this.textFrom = from;
    this.textTo = at;
    this.textEscaped = escaped;
    this.at = at + 1;
    return true;
  }

  /** Consumes `true`, `false` or `null`, whichever `word` is. */
  protected skipWord(word: Uint8Array): boolean {
    const { bytes, at } = this;
    if (this.end - at < word.length) return this.fail('invalid-json');
    for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return this.fail('invalid-json');
    this.at = at + word.length;
    return true;
  }

  /** Records the fault of a string that breaks off at `at`; a byte before `at` that is not UTF-8 is the earlier fault. */
  private failInString(from: number, at: number): false {
    return this.fail(isUtf8(this.bytes.subarray(from, at)) ? 'invalid-json' : 'invalid-utf8');
  }
}

const EMPTY = new Uint8Array(0);
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

export const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Decodes the string in [from, to), without its quotes. The scanner has checked these bytes before. */
export function decodeText(bytes: Uint8Array, from: number, to: number, escaped: boolean): string {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!escaped) return whole.toString('utf8', from, to);
  return JSON.parse(whole.toString('utf8', from - 1, to + 1)) as string;
}

/** The length in bytes of the escape at `at`, 0 when it is invalid. As in the grammar, a lone surrogate is valid. */
function escapeLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return 0;
  switch (bytes[at + 1]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 2;
    case 0x75: // u
      if (at + 6 > end) return 0;
      for (let i = at + 2; i < at + 6; i++) if (!isHexDigit(bytes[i]!)) return 0;
      return 6;
    default:
      return 0;
  }
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

import { isUtf8 } from 'node:buffer';
import type { RowFault } from '../errors';
import { NumberScanner } from './number';
import { BACKSLASH, escapeLength, QUOTE } from './text';

/** Faults that a text can have before anybody asks what it means: it cannot be parsed. */
export type ParseFault = Extract<
  RowFault,
  'invalid-json' | 'invalid-utf8' | 'duplicate-key' | 'forbidden-key' | 'too-deep' | 'too-many-fields'
>;

/**
 * The tokens of RFC 8259 over a range of bytes: space, strings, numbers and the three words.
 *
 * The first fault in byte order is kept in `fault`; it is a field and not a throw, since a topic may hold nothing but
 * bad rows and must still be read at speed. Once it is set, nothing more may be read.
 */
export class JsonTokens {
  bytes: Uint8Array = EMPTY;
  /** The next byte to read. */
  at = 0;
  end = 0;
  fault: ParseFault | null = null;
  /** The newest string: its bytes without the quotes, and whether it holds escapes. */
  textFrom = 0;
  textTo = 0;
  textEscaped = false;
  protected readonly number = new NumberScanner();

  /** Begins with the bytes of [from, to). */
  start(bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    this.fault = null;
  }

  /** Steps over space and gives the byte that follows, not yet taken; −1 at the end. */
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

  /** Keeps a fault; false, so that a reader can return it. */
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

  /** Takes the string whose opening quote is at `at`, and leaves its place in `textFrom`, `textTo`, `textEscaped`. */
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

  /** Takes `true`, `false` or `null`. */
  protected skipWord(word: Uint8Array): boolean {
    const { bytes, at } = this;
    if (this.end - at < word.length) return this.fail('invalid-json');
    for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return this.fail('invalid-json');
    this.at = at + word.length;
    return true;
  }

  /** A string that breaks off at `at`: bytes before that which are not UTF-8 came first. */
  private failInString(from: number, at: number): false {
    return this.fail(isUtf8(this.bytes.subarray(from, at)) ? 'invalid-json' : 'invalid-utf8');
  }
}

const EMPTY = new Uint8Array(0);
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

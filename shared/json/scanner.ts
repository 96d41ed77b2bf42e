import { DEPTH_MAX, ObjectKeys } from './object-keys';
import type { ParseFault } from './tokens';
import { JsonTokens, QUOTE } from './tokens';

export const OPEN_OBJECT = 0x7b;
export const OPEN_ARRAY = 0x5b;

/**
 * A strict pull scanner for one JSON text (RFC 8259). A reader enters the objects and arrays that it knows and skips
 * the other values. Skipping uses no recursion, and the scanner checks every rule inside a skipped value too: at most
 * `DEPTH_MAX` open objects and arrays, at most `FIELDS_MAX` fields an object, no key twice, no key `__proto__`.
 *
 * A `depth` is the number of objects and arrays that are open around a value, 0 for the whole text. Every method
 * returns false on a fault.
 */
export class JsonScanner extends JsonTokens {
  readonly keys = new ObjectKeys();
  /** While a value is skipped: 1 where the open value at that depth is an object, 0 where it is an array. */
  private readonly isObjectAt = new Uint8Array(DEPTH_MAX + 1);

  /** Consumes the opening bracket at `at`; `depth` objects and arrays are open around it. */
  enter(depth: number): boolean {
    if (depth >= DEPTH_MAX) return this.fail('too-deep');
    if (this.bytes[this.at] === OPEN_OBJECT) this.keys.open(depth + 1);
    this.at++;
    return true;
  }

  /**
   * Advances to the next key of the entered object: true with the key in `textFrom`, `textTo` and `textEscaped`. False
   * after the closing brace, which is consumed, or on a fault. The caller reads the key, then calls `takeColon`.
   */
  nextKey(isFirst: boolean): boolean {
    let byte = this.peek();
    if (byte === CLOSE_OBJECT) {
      this.at++;
      return false;
    }
    if (!isFirst) {
      if (byte !== COMMA) return this.fail('invalid-json');
      this.at++;
      byte = this.peek();
    }
    return byte === QUOTE ? this.readString() : this.fail('invalid-json');
  }

  takeColon(): boolean {
    if (this.peek() !== COLON) return this.fail('invalid-json');
    this.at++;
    return true;
  }

  /** Advances to the next value of the entered array; false after the closing bracket, or on a fault. */
  nextElement(isFirst: boolean): boolean {
    const byte = this.peek();
    if (byte === CLOSE_ARRAY) {
      this.at++;
      return false;
    }
    if (isFirst) return true;
    if (byte !== COMMA) return this.fail('invalid-json');
    this.at++;
    return true;
  }

  /** Consumes and checks one value of any kind; false on a fault. */
  skipValue(depth: number): boolean {
    let open = depth;
    for (;;) {
      const byte = this.peek();
      let isFirst = byte === OPEN_OBJECT || byte === OPEN_ARRAY;
      if (isFirst) {
        if (!this.enter(open)) return false;
        open++;
        this.isObjectAt[open] = byte === OPEN_OBJECT ? 1 : 0;
      } else if (!this.skipScalar(byte)) {
        return false;
      }
      while (open > depth) {
        if (this.isObjectAt[open] === 1 ? this.nextField(open, isFirst) : this.nextElement(isFirst)) break;
        if (this.fault !== null) return false;
        open--;
        isFirst = false;
      }
      if (open === depth) return true;
    }
  }

  /** Checks that only white space is left. */
  finish(): boolean {
    return this.peek() === -1 ? true : this.fail('invalid-json');
  }

  /** Advances to the next value of a skipped object, and checks its key. */
  private nextField(depth: number, isFirst: boolean): boolean {
    if (!this.nextKey(isFirst)) return false;
    const fault = this.keys.add(depth, this.bytes, this.textFrom, this.textTo, this.textEscaped);
    return fault === null ? this.takeColon() : this.fail(fault);
  }

  private skipScalar(byte: number): boolean {
    switch (byte) {
      case QUOTE:
        return this.readString();
      case 0x74:
        return this.skipWord(TRUE);
      case 0x66:
        return this.skipWord(FALSE);
      case 0x6e:
        return this.skipWord(NULL);
      default:
        return this.skipNumber();
    }
  }
}

const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: ParseFault };

/**
 * Parses one JSON document by the rules of rows: valid UTF-8 without a byte order mark, at most `DEPTH_MAX` levels, no
 * key twice, no key `__proto__`. It is meant for small documents; the row readers create no objects.
 */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  const scanner = new JsonScanner();
  scanner.start(bytes, 0, bytes.length);
  if (!scanner.skipValue(0) || !scanner.finish())
    return { ok: false, fault: scanner.fault ?? 'invalid-json' };
  return { ok: true, value: JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown };
}

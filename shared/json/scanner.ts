import { DEPTH_MAX, ObjectKeys } from './object-keys';
import { QUOTE } from './text';
import { JsonTokens } from './tokens';

export const OPEN_OBJECT = 0x7b;
export const OPEN_ARRAY = 0x5b;

/**
 * A strict scanner for one JSON text (RFC 8259) that a reader pulls: it enters the objects and arrays that it knows,
 * and skips the values that it does not, without recursion and with every rule still checked inside them: at most
 * `DEPTH_MAX` open at once, at most `FIELDS_MAX` fields an object, no key twice, none called `__proto__`.
 *
 * A `depth` is the number of objects and arrays that are open around a value, 0 for the whole text. After a fault the
 * steps answer false.
 */
export class JsonScanner extends JsonTokens {
  readonly keys = new ObjectKeys();
  /** What is open inside the value that is being skipped, by depth. */
  private readonly isObjectAt = new Uint8Array(DEPTH_MAX + 1);

  /** Takes the bracket at `at`, which opens an object or an array around whose bracket `depth` are open. */
  enter(depth: number): boolean {
    if (depth >= DEPTH_MAX) return this.fail('too-deep');
    if (this.bytes[this.at] === OPEN_OBJECT) this.keys.open(depth + 1);
    this.at++;
    return true;
  }

  /**
   * Goes on to the next key of the entered object: true with the key in `text…`; false at its end, which is taken, or
   * on a fault. The caller looks at the key, then takes the colon.
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

  /** Goes on to the next value of the entered array; false at its end, which is taken, or on a fault. */
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

  /** Takes one value of any kind, checking all of it; false on a fault. */
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

  /** Checks that nothing but space is left. */
  finish(): boolean {
    return this.peek() === -1 ? true : this.fail('invalid-json');
  }

  /** Goes on to the next value of an object whose keys nobody knows. */
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

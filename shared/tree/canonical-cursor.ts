import { NumberScanner } from '../json/number';

/** Given where no number of the kind that was asked for stands. */
export const NOT_HERE = Number.NEGATIVE_INFINITY;

/** A place in the bytes of canonical JSON. What is asked for is taken where it stands there, and the place moves on. */
export class CanonicalCursor {
  private readonly numbers = new NumberScanner();

  constructor(
    private readonly bytes: Uint8Array,
    /** The next byte to be read. */
    public at: number,
  ) {}

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  /** True when the text, which is ASCII, stands here. */
  take(text: string): boolean {
    const { bytes, at } = this;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
    this.at = at + text.length;
    return true;
  }

  /** The byte that stands here; 0, which is no part of JSON, past the end. */
  takeByte(): number {
    return this.at < this.bytes.length ? this.bytes[this.at++]! : 0;
  }

  /** A whole number from 0 to `max`, which is at most 2^53 − 1; else NOT_HERE. */
  takeCount(max: number): number {
    const { bytes, at: from } = this;
    const end = bytes.length;
    let at = from;
    let value = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === from || value > max || (bytes[from] === ZERO && at - from > 1)) return NOT_HERE;
    this.at = at;
    return value;
  }

  /** A whole number from −1 to `max`; else NOT_HERE. */
  takeIndex(max: number): number {
    const { bytes, at } = this;
    if (bytes[at] !== MINUS) return this.takeCount(max);
    if (bytes[at + 1] !== ONE) return NOT_HERE;
    this.at = at + 2;
    return -1;
  }

  /** A finite number; else NOT_HERE. −0 is none here: canonical JSON writes 0, and the scanner makes 0 of it. */
  takeDouble(): number {
    const { bytes, numbers, at } = this;
    // Half of a tree's thresholds, those of its leaves.
    if (bytes[at] === ZERO && bytes[at + 1] === COMMA) {
      this.at = at + 1;
      return 0;
    }
    if (!numbers.scan(bytes, at, bytes.length)) return NOT_HERE;
    const value = numbers.value();
    if (!Number.isFinite(value) || (value === 0 && bytes[at] === MINUS)) return NOT_HERE;
    this.at = numbers.next;
    return value;
  }
}

const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const ONE = 0x31;

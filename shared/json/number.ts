import { nearestDouble, PART_DIGITS_MAX } from './nearest-double';

/**
 * Reads numbers by the grammar of RFC 8259, section 6. One pass checks the grammar and collects the digits, so a number
 * of few digits, as most numbers of a row log are, becomes a double without a string.
 *
 * `scan` checks one number; `value` converts it. They are two methods because a number in a skipped field is never
 * converted.
 */
export class NumberScanner {
  /** After `scan`: the byte after the number, or the byte at fault. */
  next = 0;
  private bytes: Uint8Array = EMPTY;
  private from = 0;
  private isNegative = false;
  /** The digits without leading zeros, in the two parts that `nearestDouble` takes. */
  private high = 0;
  private low = 0;
  private lowDigits = 0;
  /** The number is its digits, as one whole number, times 10^scale. */
  private scale = 0;

  /** Whether a valid number starts at `at`. The caller judges the byte after it. */
  scan(bytes: Uint8Array, at: number, end: number): boolean {
    this.bytes = bytes;
    this.from = at;
    this.high = 0;
    this.low = 0;
    this.lowDigits = 0;
    this.scale = 0;
    this.isNegative = at < end && bytes[at] === MINUS;
    const integerFrom = this.isNegative ? at + 1 : at;
    let next = this.takeDigits(integerFrom, end);
    if (next - integerFrom > 1 && bytes[integerFrom] === ZERO) return this.stop(integerFrom + 1);
    if (next === integerFrom) return this.stop(next);

    if (next < end && bytes[next] === POINT) {
      const fractionFrom = next + 1;
      next = this.takeDigits(fractionFrom, end);
      if (next === fractionFrom) return this.stop(next);
      this.scale = fractionFrom - next;
    }
    this.next = next;
    return next < end && (bytes[next]! | 0x20) === LOWER_E ? this.scanExponent(next + 1, end) : true;
  }

  /**
   * The scanned number as the nearest double, ties to even; never −0. ±Infinity beyond the largest double, 0 below the
   * smallest one.
   */
  value(): number {
    const { high, low, lowDigits, scale, isNegative } = this;
    const size = lowDigits <= PART_DIGITS_MAX ? nearestDouble(high, low, lowDigits, scale) : Number.NaN;
    if (Number.isNaN(size)) return Number(asciiText(this.bytes, this.from, this.next)) + 0;
    return isNegative ? 0 - size : size;
  }

  /** Collects the digits from `from` on and returns their end. Digits beyond both parts are only counted. */
  private takeDigits(from: number, end: number): number {
    const { bytes } = this;
    let { high, low, lowDigits } = this;
    let next = from;
    for (; next < end; next++) {
      const digit = bytes[next]! - ZERO;
      if (digit < 0 || digit > 9) break;
      if (high < PART_BELOW) high = high * 10 + digit;
      else if (++lowDigits <= PART_DIGITS_MAX) low = low * 10 + digit;
    }
    this.high = high;
    this.low = low;
    this.lowDigits = lowDigits;
    return next;
  }

  private scanExponent(at: number, end: number): boolean {
    const { bytes } = this;
    let next = at;
    const isNegative = next < end && bytes[next] === MINUS;
    if (isNegative || (next < end && bytes[next] === PLUS)) next++;
    const digitsFrom = next;
    let exponent = 0;
    while (next < end && isDigit(bytes[next]!)) {
      // An exponent past the bound needs no exact value, since `value` then converts the text.
      if (exponent < EXPONENT_BOUND) exponent = exponent * 10 + bytes[next]! - ZERO;
      next++;
    }
    if (next === digitsFrom) return this.stop(next);
    this.scale += isNegative ? -exponent : exponent;
    this.next = next;
    return true;
  }

  private stop(at: number): false {
    this.next = at;
    return false;
  }
}

const EMPTY = new Uint8Array(0);
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const LOWER_E = 0x65;

/** A part below this value has room for another digit. */
const PART_BELOW = 10 ** (PART_DIGITS_MAX - 1);
const EXPONENT_BOUND = 100_000;

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}

import { nearestDouble, PART_DIGITS_MAX } from './nearest-double';

/**
 * Reads numbers by the grammar of RFC 8259, section 6, in one pass that also keeps what the value needs: most numbers
 * of a row log have few digits, and those become a double without a string being made.
 *
 * `scan` walks over one number and says whether the grammar holds; `value` then converts it. They are apart because
 * the numbers of fields that nobody asked for are only walked over.
 */
export class NumberScanner {
  /** After `scan`: where the number ended, or the byte at fault. */
  next = 0;
  private bytes: Uint8Array = EMPTY;
  private from = 0;
  private isNegative = false;
  /** The first digits and those after them, leading zeros left out: what `nearestDouble` takes. */
  private high = 0;
  private low = 0;
  private lowDigits = 0;
  /** The power of ten that the digits, as one whole number, are to be multiplied with. */
  private scale = 0;

  /** True when a number of the grammar begins at `at`; what follows it is the caller's to judge. */
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
   * The scanned number as the nearest double, ties to even; never −0. ±Infinity beyond the largest double; what is
   * too small becomes 0.
   */
  value(): number {
    const { high, low, lowDigits, scale, isNegative } = this;
    const size = lowDigits <= PART_DIGITS_MAX ? nearestDouble(high, low, lowDigits, scale) : Number.NaN;
    if (Number.isNaN(size)) return Number(asciiText(this.bytes, this.from, this.next)) + 0;
    return isNegative ? 0 - size : size;
  }

  /** Takes digits from `from` on and gives where they end; more than both parts hold are counted and not kept. */
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
      // Past the bound the exponent's own size no longer matters: `value` goes by the text.
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

/** Up to here another digit fits into a part. */
const PART_BELOW = 10 ** (PART_DIGITS_MAX - 1);
const EXPONENT_BOUND = 100_000;

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}

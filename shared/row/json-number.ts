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
  /** Digits read as one integer, sign included; exact up to `EXACT_DIGITS`. NaN at first, so that V8 keeps a double. */
  private mantissa = Number.NaN;
  private digits = 0;
  /** The power of ten that the mantissa is to be multiplied with. */
  private scale = 0;

  /** True when a number of the grammar begins at `at`; what follows it is the caller's to judge. */
  scan(bytes: Uint8Array, at: number, end: number): boolean {
    this.bytes = bytes;
    this.from = at;
    let next = at;
    const isNegative = next < end && bytes[next] === MINUS;
    if (isNegative) next++;

    let mantissa = 0;
    const integerFrom = next;
    while (next < end && isDigit(bytes[next]!)) mantissa = mantissa * 10 + bytes[next++]! - ZERO;
    let digits = next - integerFrom;
    if (digits > 1 && bytes[integerFrom] === ZERO) return this.stop(integerFrom + 1);
    if (digits === 0) return this.stop(next);

    let scale = 0;
    if (next < end && bytes[next] === POINT) {
      const fractionFrom = ++next;
      while (next < end && isDigit(bytes[next]!)) mantissa = mantissa * 10 + bytes[next++]! - ZERO;
      if (next === fractionFrom) return this.stop(next);
      scale = fractionFrom - next;
      digits -= scale;
    }
    this.mantissa = isNegative ? -mantissa : mantissa;
    this.digits = digits;
    this.scale = scale;
    this.next = next;
    return next < end && (bytes[next]! | 0x20) === LOWER_E ? this.scanExponent(next + 1, end) : true;
  }

  /**
   * The scanned number as the nearest double, ties to even; never −0. ±Infinity beyond the largest double; what is
   * too small becomes 0.
   */
  value(): number {
    const { mantissa, digits, scale } = this;
    if (digits <= EXACT_DIGITS && scale >= -EXACT_POWER_MAX && scale <= EXACT_POWER_MAX) {
      // Both operands are exact, so the one multiplication or division rounds correctly (Clinger 1990, fast path).
      const nearest = scale < 0 ? mantissa / POWERS_OF_TEN[-scale]! : mantissa * POWERS_OF_TEN[scale]!;
      return nearest + 0;
    }
    return Number(asciiText(this.bytes, this.from, this.next)) + 0;
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

/** Every integer of this many digits is below 2^53, so it is a double. */
const EXACT_DIGITS = 15;
/** 10^22 is the largest power of ten that is a double: 5^22 is below 2^53. */
const EXACT_POWER_MAX = 22;
const EXPONENT_BOUND = 100_000;

const POWERS_OF_TEN = Float64Array.from({ length: EXACT_POWER_MAX + 1 }, (_, power) => Number(`1e${power}`));

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}

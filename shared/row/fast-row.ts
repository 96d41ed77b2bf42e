import { nearestDouble, PART_DIGITS_MAX, POWERS_OF_TEN } from '../json/nearest-double';
import { NameTable } from './name-table';

/** The result of a fast path for bytes that need the strict reader (strict-fields.ts). */
export const NEEDS_STRICT = -1;

/**
 * The fast path for a labelled row of the data layout in the usual spelling,
 * `{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}`, or with a space after each colon and comma. Any other row, valid or
 * not, needs the strict reader, which starts again at the row's first byte. So the fast path never rejects a row.
 *
 * The text after the numbers is one of a few known texts, so one look-up of the whole text finds the class.
 */
export class FastRowReader {
  /** The end of the last row. */
  end = 0;
  private readonly ends: NameTable;
  /** The class of each text in `ends`. */
  private readonly classOf: readonly number[];

  constructor(
    private readonly featureCount: number,
    classNames: readonly string[],
  ) {
    const ends: string[] = [];
    const classOf: number[] = [];
    for (const [classIndex, name] of classNames.entries()) {
      const text = JSON.stringify(name);
      // A name with escapes has several spellings; it needs the strict reader.
      if (text !== `"${name}"`) continue;
      ends.push(`,"label":${text}}`, `, "label": ${text}}`);
      classOf.push(classIndex, classIndex);
    }
    this.ends = new NameTable(ends);
    this.classOf = classOf;
  }

  /**
   * Reads the row that starts at `from` and ends with its line or at `to`. Returns the class index and writes the
   * features, finite and never −0, to `into[at …]`; or returns NEEDS_STRICT, and the values in `into` are undefined. The
   * search for the newline starts after the numbers, because the text before them has none.
   */
  read(bytes: Uint8Array, from: number, to: number, into: Float64Array, at: number): number {
    for (let i = 0; i < BEGINNING.length; i++) {
      if (bytes[from + i] !== BEGINNING[i]) return NEEDS_STRICT;
    }
    let next = from + BEGINNING.length;
    if (bytes[next] === SPACE) next++;
    const ended = readNumbersFast(bytes, next, to, this.featureCount, into, at);
    if (ended === NEEDS_STRICT) return NEEDS_STRICT;
    this.end = lineEnd(bytes, ended, to);
    const found = this.ends.find(bytes, ended, this.end, false, -1);
    return found < 0 ? NEEDS_STRICT : this.classOf[found]!;
  }
}

/** The end of the line that contains byte `from`: its newline, or `to`. */
export function lineEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = from;
  while (end < to && bytes[end] !== LINE_FEED) end++;
  return end;
}

const LINE_FEED = 0x0a;
const BEGINNING = Uint8Array.from(Buffer.from('{"data":'));

/** The start of the fraction in a number without one. */
const NONE = -1;

/** A part below this value has room for another digit: a part has at most nine. */
const PART_BELOW = 10 ** (PART_DIGITS_MAX - 1);

/**
 * The fast path for an array of `width` numbers in the usual spelling, `[5.1,3.5,-1.4,2]`, or with one space after a
 * comma. Returns the end of the array and writes its values, finite and never −0, to `into[at …]`. Returns NEEDS_STRICT
 * for an exponent, for more digits than a double has, for other white space and for every fault. The strict reader then
 * reads the array again, and gives the same value for every number that this function accepts.
 *
 * It is one function, because a call, a field access or a second load of a byte costs as much as reading a digit.
 */
export function readNumbersFast(
  bytes: Uint8Array,
  from: number,
  end: number,
  width: number,
  into: Float64Array,
  at: number,
): number {
  let next = from;
  let opening = OPEN_ARRAY;
  for (let feature = 0; feature < width; feature++) {
    if (next + 1 >= end || bytes[next] !== opening) return NEEDS_STRICT;
    opening = COMMA;
    next++;
    if (bytes[next] === SPACE) next++;
    const isNegative = next < end && bytes[next] === MINUS;
    if (isNegative) next++;

    // Two parts of 30 bits hold the digits, so V8 keeps both as small integers.
    let high = 0;
    let low = 0;
    let lowDigits = 0;
    const integerFrom = next;
    let fractionFrom = NONE;
    for (; next < end; next++) {
      const digit = bytes[next]! - ZERO;
      if (digit >= 0 && digit <= 9) {
        if (high < PART_BELOW) {
          high = high * 10 + digit;
        } else {
          if (lowDigits === PART_DIGITS_MAX) return NEEDS_STRICT;
          low = low * 10 + digit;
          lowDigits++;
        }
      } else {
        if (digit !== POINT - ZERO || fractionFrom !== NONE) break;
        fractionFrom = next + 1;
      }
    }
    const integerDigits = (fractionFrom === NONE ? next : fractionFrom - 1) - integerFrom;
    if (integerDigits === 0 || (integerDigits > 1 && bytes[integerFrom] === ZERO)) return NEEDS_STRICT;
    const fractionDigits = fractionFrom === NONE ? 0 : next - fractionFrom;
    if (fractionFrom === next) return NEEDS_STRICT;
    const size =
      lowDigits === 0 && fractionDigits < POWERS_OF_TEN.length
        ? high / POWERS_OF_TEN[fractionDigits]!
        : nearestDouble(high, low, lowDigits, -fractionDigits);
    if (Number.isNaN(size)) return NEEDS_STRICT;
    into[at + feature] = isNegative ? 0 - size : size;
  }
  return next < end && bytes[next] === CLOSE_ARRAY ? next + 1 : NEEDS_STRICT;
}

const SPACE = 0x20;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

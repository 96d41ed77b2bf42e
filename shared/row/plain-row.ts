import { nearestDouble, PART_DIGITS_MAX, POWERS_OF_TEN } from '../json/nearest-double';

/** What `readPlainRow` gives for a row that it leaves to the strict reader. */
export const NOT_PLAIN = -1;

/** Where no fraction begins. */
const NONE = -1;

/** Up to here another digit fits: the result has at most nine. */
const PART_BELOW = 10 ** (PART_DIGITS_MAX - 1);

/**
 * Reads a row as nearly every row is written: `[5.1,3.5,-1.4,2]`, or with one space after a comma. Gives where the row
 * ended, with its `width` values, finite and never −0, in `into[at …]`; NOT_PLAIN for anything else, be it a fault,
 * an exponent, more digits than a double has, or space elsewhere. The strict reader then begins the row again, so
 * this one decides no row's fate: it knows fewer forms, and the same values.
 *
 * It is one function, since a call, a field or a second look at a byte costs as much here as reading a digit.
 */
export function readPlainRow(
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
    if (next + 1 >= end || bytes[next] !== opening) return NOT_PLAIN;
    opening = COMMA;
    next++;
    if (bytes[next] === SPACE) next++;
    const isNegative = next < end && bytes[next] === MINUS;
    if (isNegative) next++;

    // The digits in two parts of 30 bits each: whole numbers that never become doubles on the way.
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
          if (lowDigits === PART_DIGITS_MAX) return NOT_PLAIN;
          low = low * 10 + digit;
          lowDigits++;
        }
      } else {
        if (digit !== POINT - ZERO || fractionFrom !== NONE) break;
        fractionFrom = next + 1;
      }
    }
    const integerDigits = (fractionFrom === NONE ? next : fractionFrom - 1) - integerFrom;
    if (integerDigits === 0 || (integerDigits > 1 && bytes[integerFrom] === ZERO)) return NOT_PLAIN;
    const fractionDigits = fractionFrom === NONE ? 0 : next - fractionFrom;
    if (fractionFrom === next) return NOT_PLAIN;
    const size =
      lowDigits === 0 && fractionDigits < POWERS_OF_TEN.length
        ? high / POWERS_OF_TEN[fractionDigits]!
        : nearestDouble(high, low, lowDigits, -fractionDigits);
    if (Number.isNaN(size)) return NOT_PLAIN;
    into[at + feature] = isNegative ? 0 - size : size;
  }
  return next < end && bytes[next] === CLOSE_ARRAY ? next + 1 : NOT_PLAIN;
}

const SPACE = 0x20;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

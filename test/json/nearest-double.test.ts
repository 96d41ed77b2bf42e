import fc from 'fast-check';
import { nearestDouble } from '../../shared/json/nearest-double';

const RUNS = { seed: 11, numRuns: 6_000 };
const part = fc.integer({ min: 0, max: 999_999_999 });

/** The text of the same number, for Number() to read. */
function textOf(high: number, low: number, lowDigits: number, scale: number): string {
  return `${high}${lowDigits === 0 ? '' : String(low).padStart(lowDigits, '0')}e${scale}`;
}

/** Whether `nearestDouble` decides; its double must then be the one of Number(). */
function expectNearestOrNone(high: number, low: number, lowDigits: number, scale: number): boolean {
  const value = nearestDouble(high, low, lowDigits, scale);
  if (Number.isNaN(value)) return false;
  const text = textOf(high, low, lowDigits, scale);
  expect([text, value]).toEqual([text, Number(text)]);
  return true;
}

test('up to 18 digits at any power of ten become the double of Number(), or NaN', () => {
  fc.assert(
    fc.property(
      part,
      part,
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: -30, max: 30 }),
      (high, low, lowDigits, scale) => {
        expectNearestOrNone(high, low % 10 ** lowDigits, lowDigits, scale);
      },
    ),
    RUNS,
  );
});

test('nearly all numbers of 18 digits, six or more after the point, are decided without Number()', () => {
  // With fewer digits after the point, numbers exactly halfway between two doubles are frequent.
  let undecided = 0;
  fc.assert(
    fc.property(part, part, fc.integer({ min: -22, max: -6 }), (high, low, scale) => {
      if (!expectNearestOrNone(high, low, 9, scale)) undecided++;
    }),
    RUNS,
  );
  expect(undecided).toBeLessThan(RUNS.numRuns / 1_000);
});

test('numbers next to the middle of two doubles go to the right side, or become NaN', () => {
  // 2^53 < n < 2^60: the middle of two neighbouring doubles is a whole number of at most 18 digits.
  const middles = fc
    .tuple(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }), fc.integer({ min: 1, max: 6 }))
    .map(([odd, shift]) => (2n * odd + 1n) << BigInt(shift - 1));
  fc.assert(
    fc.property(middles, fc.constantFrom(-1n, 0n, 1n), (middle, aside) => {
      const digits = String(middle + aside);
      const cut = Math.max(0, digits.length - 9);
      expectNearestOrNone(Number(digits.slice(0, cut)), Number(digits.slice(cut)), 9, 0);
    }),
    RUNS,
  );
});

test('a number halfway between two doubles is left to Number()', () => {
  expect(nearestDouble(9_007_199, 254_740_993, 9, 0)).toBeNaN();
  expect(nearestDouble(900_719_925, 474_099_25, 8, 0)).toBe(90_071_992_547_409_920 + 5);
});

test.each([
  [0, 0, 0, -22, 0],
  [1, 0, 0, 22, 1e22],
  [1, 0, 0, 23, Number.NaN],
  [1, 0, 0, -23, Number.NaN],
  [9_007_199, 254_740_991, 9, 0, 2 ** 53 - 1],
  [9_007_199, 254_740_992, 9, 0, 2 ** 53],
  [300_000_000, 0, 9, -18, 0.3],
  [300_000_000, 4, 8, -17, 0.30000000000000004],
  [999_999_999, 999_999_999, 9, -17, 10],
])('(%d, %d in %d digits) × 10^%d gives %d', (high, low, lowDigits, scale, value) => {
  expect(nearestDouble(high, low, lowDigits, scale)).toBe(value);
});

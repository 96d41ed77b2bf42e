import fc from 'fast-check';
import { nextDown, nextUp } from '../../../shared/tree/next-double';
import { widenThreshold } from '../../../shared/tree-formats/onnx/assemble-tree';

const float32 = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -1_000, max: 1_000 }).map((tenths) => Math.fround(tenths / 10)),
  fc.constantFrom(
    0,
    -0,
    2 ** -149,
    -(2 ** -149),
    2 ** -126,
    1,
    1 - 2 ** -24,
    3.4028234663852886e38,
    -3.4028234663852886e38,
  ),
);

function goesLeftThere(x: number, threshold: number): boolean {
  return Math.fround(x) <= threshold;
}

test('every double goes where its float32 goes', () => {
  fc.assert(
    fc.property(float32, fc.double({ noNaN: true, noDefaultInfinity: true }), (threshold, x) => {
      expect(x <= widenThreshold(threshold)).toBe(goesLeftThere(x, threshold));
    }),
    { seed: 31, numRuns: 2_000 },
  );
});

test('doubles around the threshold and around the middle to the next float32 go where their float32 goes', () => {
  fc.assert(
    fc.property(float32, fc.double({ min: -3, max: 3, noNaN: true }), (threshold, steps) => {
      const widened = widenThreshold(threshold);
      const gap = Math.abs(widened - threshold);
      const near = [
        threshold,
        widened,
        nextUp(widened),
        nextDown(widened),
        widened + gap,
        threshold + steps * gap,
      ];
      for (const x of [...near, ...near.map(nextUp), ...near.map(nextDown)])
        expect(x <= widened).toBe(goesLeftThere(x, threshold));
    }),
    { seed: 32, numRuns: 2_000 },
  );
});

test('a widened threshold is the largest such double, so the double above it goes right', () => {
  fc.assert(
    fc.property(float32, (threshold) => {
      const widened = widenThreshold(threshold);
      expect(goesLeftThere(widened, threshold)).toBe(true);
      expect(goesLeftThere(nextUp(widened), threshold)).toBe(false);
    }),
    { seed: 33, numRuns: 2_000 },
  );
});

test('a tie between two float32 goes to the even one', () => {
  // 1 is even, and the float above it is not: the middle rounds down to 1, and away from 1 + 2^-23.
  expect(widenThreshold(1)).toBe(1 + 2 ** -24);
  expect(widenThreshold(1 + 2 ** -23)).toBe(nextDown(1 + 2 ** -23 + 2 ** -24));
});

import { nextDown, nextUp } from '../../shared/tree/next-double';

test('the neighbours of 1 are 2^-52 above it and 2^-53 below it', () => {
  expect(nextUp(1)).toBe(1 + 2 ** -52);
  expect(nextDown(1)).toBe(1 - 2 ** -53);
  expect(nextUp(-1)).toBe(-(1 - 2 ** -53));
  expect(nextDown(-1)).toBe(-(1 + 2 ** -52));
});

test('the neighbours of both zeros are the smallest subnormals', () => {
  for (const zero of [0, -0]) {
    expect(nextUp(zero)).toBe(5e-324);
    expect(nextDown(zero)).toBe(-5e-324);
  }
});

test('the neighbours are right at the ends of the subnormals and of the finite doubles', () => {
  expect(nextDown(5e-324) === 0).toBe(true);
  expect(nextUp(-5e-324) === 0).toBe(true);
  expect(nextUp(Number.MAX_VALUE)).toBe(Number.POSITIVE_INFINITY);
  expect(nextDown(-Number.MAX_VALUE)).toBe(Number.NEGATIVE_INFINITY);
});

import { holdoutHash, isHeldOut } from '../../shared/evaluation/holdout';

test("the hash is Spark SQL's hash of partition and offset", () => {
  expect(holdoutHash(0, 0, 0)).toBe(-1328300331);
  expect(holdoutHash(1, 12_345_678_901, 0)).toBe(1451808027);
  expect(holdoutHash(3, 150, 0)).toBe(-233244724);
});

test('the first line of a message hashes as the message does, every later line otherwise', () => {
  const hashes = [0, 1, 2, 3].map((line) => holdoutHash(3, 150, line));
  expect(hashes[0]).toBe(-233244724);
  expect(new Set(hashes).size).toBe(4);
});

test('offsets that differ only in their high word have different hashes', () => {
  expect(holdoutHash(0, 7, 0)).not.toBe(holdoutHash(0, 7 + 2 ** 32, 0));
  expect(holdoutHash(0, Number.MAX_SAFE_INTEGER, 0)).not.toBe(holdoutHash(0, 2 ** 32 - 1, 0));
});

test('a share of 20 % holds out 27 of the 150 rows of Iris on one partition', () => {
  const heldOut = Array.from({ length: 150 }, (_, offset) => isHeldOut(0, offset, 0, 0.2)).filter(Boolean);
  expect(heldOut).toHaveLength(27);
});

test('a share of 0 holds nothing out, a share of 1 everything', () => {
  for (let offset = 0; offset < 1_000; offset++) {
    expect(isHeldOut(0, offset, 0, 0)).toBe(false);
    expect(isHeldOut(0, offset, 0, 1)).toBe(true);
  }
});

test('a row is held out exactly when its hash, taken as unsigned, is below the share of 2^32', () => {
  const unsigned = -1328300331 + 2 ** 32;
  expect(isHeldOut(0, 0, 0, unsigned / 2 ** 32)).toBe(false);
  expect(isHeldOut(0, 0, 0, (unsigned + 1) / 2 ** 32)).toBe(true);
});

test('a larger share holds out every row that a smaller share does, and more', () => {
  for (let offset = 0; offset < 1_000; offset++) {
    if (isHeldOut(2, offset, 1, 0.1)) expect(isHeldOut(2, offset, 1, 0.3)).toBe(true);
  }
});

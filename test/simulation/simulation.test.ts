import { reproduce } from './main';
import { simulate } from './simulate';

/** The slow run has 300 seeds and also checks that every kind of fault happened. */
const SEEDS = 100;
/** Ten times the usual duration, for a busy machine. */
const PATIENCE_MS = 120_000;

test(
  `every guarantee holds in ${SEEDS} seeds`,
  async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violations, tail } = await simulate(seed);
      if (violations.length > 0)
        throw new Error(`seed ${seed}: ${violations.join('; ')}\nagain: ${reproduce(seed)}\n\n${tail}`);
    }
  },
  PATIENCE_MS,
);

test('a seed gives the same history every time, and another seed a different one', async () => {
  const digests = new Set<string>();
  for (const seed of [3, 7, 12]) {
    const first = await simulate(seed);
    const second = await simulate(seed);
    expect(second).toEqual(first);
    digests.add(first.digest);
  }
  expect(digests.size).toBe(3);
});

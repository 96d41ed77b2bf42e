import { seededRandom, xoshiro128 } from '../../services/producer/random';

test('the generator is xoshiro128**: its first words from the state 1, 2, 3, 4', () => {
  const { word } = xoshiro128(1, 2, 3, 4);
  // The first is rotl(2 · 5, 7) · 9 = 1280 · 9. Then the second word of the state is 2 ^ (3 ^ 1) = 0, and so is the draw.
  expect([word(), word(), word(), word()]).toEqual([11520, 0, 5927040, 70819200]);
});

test('a seed gives the same draws again, and another seed gives others', () => {
  const draws = (seed: number) => Array.from({ length: 5 }, seededRandom(seed).word);
  expect(draws(1)).toEqual(draws(1));
  expect(new Set([1, 2, 0, 2 ** 32, 2 ** 32 + 1].flatMap(draws)).size).toBe(25);
});

test('uniform draws stay in [0, 1) with mean one half, and whole draws stay below their bound', () => {
  const random = seededRandom(3);
  const draws = Array.from({ length: 20_000 }, random.uniform);
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draws)).toBeLessThan(1);
  expect(draws.reduce((a, b) => a + b) / draws.length).toBeCloseTo(0.5, 2);
  const counts = [0, 0, 0];
  for (let i = 0; i < 30_000; i++) counts[random.below(3)]!++;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(300);
});

test('gaussian draws have mean 0 and standard deviation 1', () => {
  const { gaussian } = seededRandom(4);
  const draws = Array.from({ length: 20_000 }, gaussian);
  const mean = draws.reduce((a, b) => a + b) / draws.length;
  const variance = draws.reduce((sum, each) => sum + (each - mean) ** 2, 0) / draws.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(variance).toBeCloseTo(1, 1);
});

import { rowsInMemory, shuffledRows, shuffleInPlace } from '../../services/producer/shuffle';
import { collect, numberedRows } from './rows-support';

const order = async (seed: number) =>
  (await collect(shuffledRows(numberedRows(50), seed).rows())).map((row) => row.features[0]);

test('a shuffle keeps every row once', async () => {
  const shuffled = await order(1);
  expect(shuffled).not.toEqual([...Array(50).keys()]);
  expect([...shuffled].sort((a, b) => Number(a) - Number(b))).toEqual([...Array(50).keys()]);
});

test('a seed decides the order', async () => {
  expect(await order(1)).toEqual(await order(1));
  expect(await order(1)).not.toEqual(await order(2));
});

test('reading a shuffled source again gives the same order', async () => {
  const source = shuffledRows(numberedRows(50), 9);
  expect(await collect(source.rows())).toEqual(await collect(source.rows()));
});

test('every order of three is about equally likely', () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 6_000; seed++) {
    const items = ['a', 'b', 'c'];
    shuffleInPlace(items, seed);
    counts.set(items.join(''), (counts.get(items.join('')) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test('more rows than the memory bound are refused', async () => {
  await expect(rowsInMemory(numberedRows(11), 10)).rejects.toMatchObject({ code: 'csv-invalid' });
  expect(await rowsInMemory(numberedRows(10), 10)).toHaveLength(10);
});

test('a shuffled source gives the same rows singly and as an array', async () => {
  const source = shuffledRows(numberedRows(50), 3);
  const runs = await collect(source.runs!());
  expect(runs.flat()).toEqual(await collect(source.rows()));
});

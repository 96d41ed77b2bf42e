import { simulatedRows, standardDeviations } from '../../services/producer/simulate';
import { collect, numberedRows, sourceOf } from './rows-support';

const simulate = (seed: number, driftPerThousandRows = 0) =>
  simulatedRows(numberedRows(100), { seed, driftPerThousandRows });

test('a seed decides every simulated row', async () => {
  const first = await collect(simulate(1).rows(), 300);
  expect(await collect(simulate(1).rows(), 300)).toEqual(first);
  expect(await collect(simulate(2).rows(), 300)).not.toEqual(first);
});

test('a simulation does not end with the file, and no two rows are equal', async () => {
  const rows = await collect(simulate(1).rows(), 1_000);
  expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(1_000);
});

test('noise is 5 % of the standard deviation of the column, with four decimals', async () => {
  const source = sourceOf([
    { features: [0, 7], label: 'a' },
    { features: [100, 7], label: 'b' },
  ]);
  const rows = await collect(simulatedRows(source, { seed: 5, driftPerThousandRows: 0 }).rows(), 4_000);
  const noise = rows.map((row) => Number(row.features[0]) - (row.label === 'a' ? 0 : 100));
  const deviation = Math.sqrt(noise.reduce((sum, each) => sum + each ** 2, 0) / noise.length);
  expect(deviation / (0.05 * 50)).toBeCloseTo(1, 1);
  expect(rows.every((row) => /^-?\d+(\.\d{1,4})?$/.test(String(row.features[0])))).toBe(true);
  // The second column never varies, so its noise is nothing.
  expect(rows.every((row) => row.features[1] === 7)).toBe(true);
});

test('drift moves the values by the given standard deviations per thousand rows', async () => {
  const still = await collect(simulate(1).rows(), 2_001);
  const moving = await collect(simulate(1, 0.5).rows(), 2_001);
  const [deviation] = standardDeviations(await collect(numberedRows(100).rows()));
  const movedBy = (row: number) => Number(moving[row]!.features[0]) - Number(still[row]!.features[0]);
  expect(movedBy(0)).toBe(0);
  expect(movedBy(1_000)).toBeCloseTo(0.5 * deviation!, 3);
  expect(movedBy(2_000)).toBeCloseTo(2 * 0.5 * deviation!, 3);
});

test('text in a feature stays unchanged in a simulated row', async () => {
  const source = sourceOf([{ features: ['n/a', 1], label: 'a' }]);
  const [row] = await collect(simulatedRows(source, { seed: 1, driftPerThousandRows: 0 }).rows(), 1);
  expect(row!.features[0]).toBe('n/a');
});

test('a standard deviation counts numbers only', () => {
  const rows = [1, 'x', 3].map((cell) => ({ features: [cell], label: 'a' }));
  expect([...standardDeviations(rows)]).toEqual([1]);
});

test('a file without rows cannot be simulated', async () => {
  await expect(
    collect(simulatedRows(sourceOf([]), { seed: 1, driftPerThousandRows: 0 }).rows(), 1),
  ).rejects.toMatchObject({
    code: 'csv-invalid',
  });
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSchema } from '../../shared/row/schema';

const folder = join(__dirname, '../../data');
const bytes = readFileSync(join(folder, 'iris.csv'));
const lines = bytes.toString('utf8').trimEnd().split('\n');
const rows = lines.slice(1).map((line) => line.split(','));

test('the file has the checksum that its README states', () => {
  const checksum = createHash('sha256').update(bytes).digest('hex');
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(checksum);
});

test('the file has 150 rows, 50 of each class, each with four measurements', () => {
  expect(rows).toHaveLength(3 * 50);
  expect(
    rows.every((cells) => cells.length === 5 && cells.slice(0, 4).every((cell) => /^\d\.\d$/.test(cell))),
  ).toBe(true);
  for (const species of ['setosa', 'versicolor', 'virginica']) {
    expect(rows.filter((cells) => cells[4] === species)).toHaveLength(50);
  }
});

test("rows 35 and 38 are Fisher's, not the ones of the UCI copy", () => {
  expect(rows[35 - 1]).toEqual(['4.9', '3.1', '1.5', '0.2', 'setosa']);
  expect(rows[38 - 1]).toEqual(['4.9', '3.6', '1.4', '0.1', 'setosa']);
});

test('the measurements have the published means', () => {
  const sums = [0, 1, 2, 3].map((column) =>
    rows.reduce((sum, cells) => sum + Math.round(Number(cells[column]) * 10), 0),
  );
  expect(sums).toEqual([8765, 4586, 5637, 1799]);
});

test('rows 102 and 143 are the only equal rows', () => {
  expect(new Set(lines.slice(1)).size).toBe(149);
  expect(rows[102 - 1]).toEqual(rows[143 - 1]);
});

test('the schema names the columns of the file, in centimetres', () => {
  const schema = parseSchema(readFileSync(join(folder, 'iris.schema.json'), 'utf8'), 'iris.schema.json');
  expect([...schema.features.map((feature) => feature.name), schema.label.name]).toEqual(
    lines[0]!.split(','),
  );
  expect(schema.features.every((feature) => feature.unit === 'cm')).toBe(true);
  expect(schema.label.classes).toEqual(['setosa', 'versicolor', 'virginica']);
  expect(schema).toMatchObject({ layout: 'data', extraFields: 'reject' });
});

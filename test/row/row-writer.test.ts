import fc from 'fast-check';
import { encodeRow, RowWriter } from '../../shared/row/row-writer';
import type { Schema } from '../../shared/row/schema';

const data: Schema = {
  layout: 'data',
  extraFields: 'reject',
  label: { name: 'sp"ecies', classes: ['setosa', 'Zürich', 'a "quoted" one'] },
  features: [{ name: 'sepal_length' }, { name: '2' }, { name: 'breite\n' }],
};
const flat: Schema = { ...data, layout: 'flat' };

type Row = readonly [cells: (number | string)[], label: string];

const decimal = fc
  .tuple(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.nat(6))
  .map(([n, decimals]) => n / 10 ** decimals);
const cell = fc.oneof(
  { weight: 6, arbitrary: decimal },
  { weight: 2, arbitrary: fc.double() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, -0, 1e9, 999_999_999, 1e-4, 1e-7, 1e21, 0.1 + 0.2, Number.NaN, -Infinity),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
const row: fc.Arbitrary<Row> = fc.tuple(
  fc.array(cell, { minLength: 3, maxLength: 3 }),
  fc.oneof(fc.constantFrom(...data.label.classes), fc.string({ unit: 'binary' })),
);

function written(writer: RowWriter, rows: readonly Row[]): string {
  for (const [cells, label] of rows) writer.add(cells, label);
  return Buffer.from(writer.take()).toString('utf8');
}

function expected(schema: Schema, rows: readonly Row[]): string {
  return Buffer.from(rows.map(([cells, label]) => encodeRow(schema, cells, label)).join('\n')).toString(
    'utf8',
  );
}

test.each([['data', data] as const, ['flat', flat] as const])(
  'in the %s layout a message has exactly the bytes that encodeRow gives for its rows',
  (_, schema) => {
    const writer = new RowWriter(schema);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        expect(written(writer, rows)).toBe(expected(schema, rows));
      }),
      { seed: 3, numRuns: 3_000 },
    );
  },
);

test('every number of up to four decimals is written as JavaScript writes it', () => {
  const writer = new RowWriter({ ...data, features: [{ name: 'x' }] });
  for (let decimals = 0; decimals <= 5; decimals++) {
    for (let n = -11_111; n <= 11_111; n += 7) {
      const value = n / 10 ** decimals;
      expect(written(writer, [[[value], 'setosa']])).toBe(`{"data":[${value + 0}],"label":"setosa"}`);
    }
  }
});

test('a message may be longer than the shared buffer, and the next message starts empty', () => {
  const writer = new RowWriter(data);
  const rows = Array.from({ length: 2_000 }, (_, i): Row => [[i / 10, -i, 'x'.repeat(i % 90)], 'setosa']);
  const first = written(writer, rows);
  expect(first).toBe(expected(data, rows));
  expect(written(writer, rows.slice(0, 2))).toBe(expected(data, rows.slice(0, 2)));
  expect(writer.take()).toHaveLength(0);
});

test('later rows do not change a message that was taken', () => {
  const writer = new RowWriter(data);
  writer.add([1, 2, 3], 'setosa');
  const taken = writer.take();
  writer.add([4, 5, 6], 'Zürich');
  expect(Buffer.from(taken).toString()).toBe('{"data":[1,2,3],"label":"setosa"}');
});

test('the writer tells which rows the trainer will reject', () => {
  const writer = new RowWriter(data);
  expect(writer.add([1, 2.123456, 1e300], 'Zürich')).toBe(true);
  expect(writer.add([1, 'n/a', 3], 'setosa')).toBe(false);
  expect(writer.add([1, 2, 3], 'other')).toBe(false);
});

test('a row of another width breaks an invariant of the writer', () => {
  expect(() => new RowWriter(data).add([1], 'setosa')).toThrow('one cell per feature');
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvRows } from '../../services/producer/csv-rows';
import { encodeRow } from '../../shared/row/row-writer';
import { parseSchema } from '../../shared/row/schema';
import { collect, csvFolder, twoFeatures } from './rows-support';

const folder = csvFolder();
afterAll(() => folder.remove());

const rowsOf = (content: string | Uint8Array) =>
  collect(csvRows(folder.write('t.csv', content), twoFeatures).rows());
const row = (x: number | string, y: number | string, label: string) => ({ features: [x, y], label });

test('the Iris file streams as 150 rows, the first one as in the documentation', async () => {
  const data = join(__dirname, '../../data');
  const schema = parseSchema(readFileSync(join(data, 'iris.schema.json'), 'utf8'), 'iris.schema.json');
  const rows = await collect(csvRows(join(data, 'iris.csv'), schema).rows());
  expect(rows).toHaveLength(150);
  expect(encodeRow(schema, rows[0]!.features, rows[0]!.label)).toBe(
    '{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}',
  );
});

test('columns are found by name, and those that the schema does not name are left out', async () => {
  expect(await rowsOf('class,note,y,x\na,hello,2,1\n')).toEqual([row(1, 2, 'a')]);
});

test('a CSV file may have a byte order mark, CRLF, quotes, empty lines and no last newline', async () => {
  const content = '\ufeff"x","y","class"\r\n1,2,"a"\r\n\r\n"3","4","b, ""or"" so\r\nlike"\r\n5,6,a';
  expect(await rowsOf(content)).toEqual([row(1, 2, 'a'), row(3, 4, 'b, "or" so\r\nlike'), row(5, 6, 'a')]);
});

test('line endings may be mixed', async () => {
  expect(await rowsOf('x,y,class\r\n1,2,a\n3,4,b\r\n')).toEqual([row(1, 2, 'a'), row(3, 4, 'b')]);
});

test.each([
  ['1e5', 100_000],
  [' 5.1 ', 5.1],
  ['" 5.1 "', 5.1],
  ['-.5', -0.5],
  ['+7', 7],
  ['5.', 5],
  ['1E-2', 0.01],
  ['9007199254740993', 9007199254740992],
])('the cell %j is a number', async (cell, value) => {
  expect(await rowsOf(`x,y,class\n${cell},2,a\n`)).toEqual([row(value, 2, 'a')]);
});

test.each(['', 'NaN', 'Infinity', '1e999', '0x10', '1_000', '5,1', '1.2.3', '--1', 'n/a', '5.1 cm', '٣'])(
  'the cell %j stays text for the trainer to refuse',
  async (cell) => {
    expect(await rowsOf(`x,y,class\n"${cell}",2,a\n`)).toEqual([row(cell, 2, 'a')]);
  },
);

test('an unknown or empty label is sent unchanged', async () => {
  expect(await rowsOf('x,y,class\n1,2,z\n1,2,\n')).toEqual([row(1, 2, 'z'), row(1, 2, '')]);
});

test.each([
  ['too few cells', 'x,y,class\n1,2,a\n7777,4\n', 'line 3: the number of cells differs from the header'],
  ['too many cells', 'x,y,class\n7777,2,a,9\n', 'line 2: the number of cells differs from the header'],
  ['an open quote', 'x,y,class\n1,2,a\n"7777,2,a\n', 'a quote that was opened is never closed'],
  [
    'a quote inside a cell',
    'x,y,class\n7777,2,a"b\n',
    'line 2: a quote stands in the middle of an unquoted cell',
  ],
  ['text after a quote', 'x,y,class\n"7777"8,2,a\n', 'line 2: a closing quote is followed by more text'],
  [
    'an endless record',
    `x,y,class\n"7777${'9'.repeat(1_100_000)}`,
    'line 2: a record is longer than 1048576 bytes',
  ],
  ['a missing feature', 'x,z,class\n7777,2,a\n', 'line 1: the header lacks the column "y"'],
  ['a missing label', 'x,y,z\n7777,2,a\n', 'line 1: the header lacks the column "class"'],
  ['a column twice', 'x,y,class,x\n7777,2,a,3\n', 'line 1: the header names "x" twice'],
  ['an empty file', '', 'is empty'],
])('%s is csv-invalid, named by file and line and without values', async (_, content, message) => {
  const error = await rowsOf(content).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'csv-invalid', message: expect.stringContaining(message) });
  expect(error).toMatchObject({ message: expect.stringContaining(join(folder.path, 't.csv')) });
  expect(String(error)).not.toContain('7777');
  expect(error).not.toHaveProperty('cause');
});

test('a file in another encoding is refused with a line near the fault', async () => {
  const content = Buffer.from('x,y,class\n1,2,a\n3,4,caf\u00e9\n5,6,a\n', 'latin1');
  await expect(rowsOf(content)).rejects.toMatchObject({
    code: 'csv-invalid',
    message: expect.stringContaining('line 3: near here the text is not UTF-8'),
  });
});

test('a character may be split between two reads of the file', async () => {
  const filler = '1,2,a\n'.repeat(20_000);
  const rows = await rowsOf(`x,y,class\n${filler}3,4,${'\u00e9'.repeat(50_000)}\n`);
  expect(rows).toHaveLength(20_001);
  expect(rows.at(-1)?.label).toBe('\u00e9'.repeat(50_000));
});

test('another separator is recognised and named', async () => {
  await expect(rowsOf('x;y;class\n1;2;a\n')).rejects.toMatchObject({ hint: expect.stringContaining('";"') });
});

test('a missing file is file-unreadable', async () => {
  const missing = csvRows(join(folder.path, 'missing.csv'), twoFeatures);
  await expect(collect(missing.rows())).rejects.toMatchObject({
    code: 'file-unreadable',
    message: expect.stringContaining('missing.csv cannot be read (ENOENT)'),
  });
});

test('a folder is file-unreadable', async () => {
  await expect(collect(csvRows(folder.path, twoFeatures).rows())).rejects.toMatchObject({
    code: 'file-unreadable',
  });
});

test('a reader that stops early closes the file, and the next reader begins at the first row', async () => {
  const source = csvRows(folder.write('long.csv', `x,y,class\n${'1,2,a\n'.repeat(50_000)}`), twoFeatures);
  expect(await collect(source.rows(), 2)).toHaveLength(2);
  expect(await collect(source.rows(), 2)).toEqual([row(1, 2, 'a'), row(1, 2, 'a')]);
});

test('a header alone is a file without rows', async () => {
  expect(await rowsOf('x,y,class\n')).toEqual([]);
});

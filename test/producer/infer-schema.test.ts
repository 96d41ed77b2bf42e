import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inferSchema } from '../../services/producer/infer-schema';
import { canonicalSchema, parseSchema } from '../../shared/row/schema';
import { csvFolder } from './rows-support';

const folder = csvFolder();
afterAll(() => folder.remove());

const infer = (content: string, label?: string) => inferSchema(folder.write('t.csv', content), label);

test('the Iris file gives the schema that stands beside it, but for the unit', async () => {
  const data = join(__dirname, '../../data');
  const given = parseSchema(readFileSync(join(data, 'iris.schema.json'), 'utf8'), 'iris.schema.json');
  const inferred = await inferSchema(join(data, 'iris.csv'));
  expect(inferred).toEqual({ ...given, features: given.features.map(({ name }) => ({ name })) });
});

test('classes stand in code unit order, each once', async () => {
  const schema = await infer('x,class\n1,b\n2,a\n3,B\n4,b\n');
  expect(schema.label.classes).toEqual(['B', 'a', 'b']);
});

test('the label may be any column', async () => {
  const schema = await infer('kind,x,y\na,1,2\nb,3,4\n', 'kind');
  expect(schema.label).toEqual({ name: 'kind', classes: ['a', 'b'] });
  expect(schema.features).toEqual([{ name: 'x' }, { name: 'y' }]);
});

test('a few distinct numbers are classes', async () => {
  expect((await infer('x,digit\n1,0\n2,1\n')).label.classes).toEqual(['0', '1']);
});

test('an inferred schema can be read from its file', async () => {
  const schema = await infer('"a ""b""",class\n1,x\n');
  expect(parseSchema(canonicalSchema(schema), 'again')).toEqual(schema);
});

test.each([
  [
    'text in a feature',
    'x,y,class\n1,2,a\n1,abc,a\n1,def,a\n',
    'line 3: the column "y" holds something that is not',
  ],
  ['a missing feature value', 'x,class\n1,a\n,a\n', 'line 3: the column "x"'],
  ['a missing label', 'x,class\n1,a\n2,\n', 'line 3: the label column "class" is empty'],
  ['an unnamed column', 'x,,class\n1,2,a\n', 'line 1: column 2 has no name'],
  ['a name twice', 'x,x,class\n1,2,a\n', 'line 1: the header names "x" twice'],
  ['one column', 'class\na\n', 'line 1: a label and at least one feature'],
  ['no row', 'x,class\n', 'has a header and no rows'],
  ['nothing', '', 'is empty'],
])('%s is csv-invalid with its place', async (_, content, message) => {
  await expect(infer(content)).rejects.toMatchObject({
    code: 'csv-invalid',
    message: expect.stringContaining(message),
  });
});

test('a feature that is text is refused with a hint', async () => {
  await expect(infer('x,class\nabc,a\n')).rejects.toMatchObject({ hint: expect.stringContaining('--label') });
});

test('256 classes are enough and 257 are not', async () => {
  const rows = (count: number) => Array.from({ length: count }, (_, i) => `1,c${i}\n`).join('');
  expect((await infer(`x,class\n${rows(256)}`)).label.classes).toHaveLength(256);
  await expect(infer(`x,class\n${rows(257)}`)).rejects.toMatchObject({
    code: 'csv-invalid',
    message: expect.stringContaining('line 258: the column "class" has more than 256 classes'),
  });
});

test('a label that the header lacks is named', async () => {
  await expect(infer('x,class\n1,a\n', 'species')).rejects.toThrow('no column is named "species"');
});

test('a name that no schema allows is schema-invalid', async () => {
  await expect(infer('__proto__,class\n1,a\n')).rejects.toMatchObject({ code: 'schema-invalid' });
});

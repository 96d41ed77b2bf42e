import type { RowFault } from '../../shared/errors';
import { LINES_MAX, MessageReader, VALUE_BYTES_MAX } from '../../shared/row/message-reader';
import { RowColumns } from '../../shared/row/row-columns';
import { parseSchema } from '../../shared/row/schema';

const schema = parseSchema(
  '{"format":"alder-schema/1","label":{"name":"side","classes":["left","right"]},"features":[{"name":"x"},{"name":"y"}]}',
  'test',
);
const LEFT = '{"data":[1,2],"label":"left"}';
const RIGHT = '{"data":[3,4],"label":"right"}';

function read(value: string | Uint8Array | null, headers: Record<string, string> | null = null) {
  const rows = new RowColumns(2, 1);
  const rejected: { line: number; fault: RowFault; bytes: string | null }[] = [];
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  const lineCount = new MessageReader(schema).read(bytes, headers, rows, (line, fault, lineBytes) => {
    rejected.push({ line, fault, bytes: lineBytes === null ? null : Buffer.from(lineBytes).toString() });
  });
  const accepted = [...rows.lines.subarray(0, rows.rowCount)].map((line, i) => ({
    line,
    classIndex: rows.classes[i],
    features: [...rows.features.subarray(i * 2, i * 2 + 2)],
  }));
  expect(accepted.length + rejected.length).toBe(lineCount);
  return { lineCount, accepted, rejected };
}

const leftAt = (line: number) => ({ line, classIndex: 0, features: [1, 2] });
const rightAt = (line: number) => ({ line, classIndex: 1, features: [3, 4] });

test('a message of one row is one line, with or without a final newline', () => {
  const expected = { lineCount: 1, accepted: [leftAt(0)], rejected: [] };
  expect(read(LEFT)).toEqual(expected);
  expect(read(`${LEFT}\n`)).toEqual(expected);
  expect(read(`${LEFT}\r\n`)).toEqual(expected);
});

test('a bad line and an empty one are rejected alone, with their numbers and their bytes', () => {
  expect(read(`${LEFT}\n{"data":\n\n${RIGHT}\n${LEFT}`)).toEqual({
    lineCount: 5,
    accepted: [leftAt(0), rightAt(3), leftAt(4)],
    rejected: [
      { line: 1, fault: 'invalid-json', bytes: '{"data":' },
      { line: 2, fault: 'empty-value', bytes: '' },
    ],
  });
});

test('only one final newline ends a line without starting another', () => {
  expect(read('\n').rejected).toEqual([{ line: 0, fault: 'empty-value', bytes: '' }]);
  expect(read(`${LEFT}\n\n`).rejected).toEqual([{ line: 1, fault: 'empty-value', bytes: '' }]);
});

test('null, empty and white values are one rejected line each', () => {
  expect(read(null)).toEqual({
    lineCount: 1,
    accepted: [],
    rejected: [{ line: 0, fault: 'null-value', bytes: null }],
  });
  expect(read('').rejected).toEqual([{ line: 0, fault: 'empty-value', bytes: '' }]);
  expect(read('  ').rejected).toEqual([{ line: 0, fault: 'invalid-json', bytes: '  ' }]);
});

test('a value of exactly the most bytes is read; one byte more makes it one rejected line with all bytes', () => {
  const lines = `${LEFT}\n`.repeat(10);
  const full = lines + ' '.repeat(VALUE_BYTES_MAX - lines.length - RIGHT.length) + RIGHT;
  expect(full).toHaveLength(VALUE_BYTES_MAX);
  expect(read(full).accepted.at(-1)).toEqual(rightAt(10));
  const { lineCount, rejected } = read(`${full} `);
  expect(lineCount).toBe(1);
  expect(rejected).toEqual([{ line: 0, fault: 'too-large', bytes: `${full} ` }]);
});

test('a message of more lines than the limit is one rejected line', () => {
  const newlines = '\n'.repeat(LINES_MAX);
  expect(read(newlines).lineCount).toBe(LINES_MAX);
  const { lineCount, rejected } = read(`${newlines}\n`);
  expect(lineCount).toBe(1);
  expect(rejected.map(({ fault }) => fault)).toEqual(['too-large']);
});

test('a message that a header calls compressed is one rejected line, whatever its lines hold', () => {
  const expected = [{ line: 0, fault: 'unsupported-encoding', bytes: `${LEFT}\n${RIGHT}` }];
  expect(read(`${LEFT}\n${RIGHT}`, { 'content-encoding': 'gzip' }).rejected).toEqual(expected);
  expect(read(`${LEFT}\n${RIGHT}`, { source: 'x', 'Content-Encoding': 'ZSTD' }).rejected).toEqual(expected);
});

test.each([
  { 'content-encoding': 'identity' },
  { 'CONTENT-ENCODING': ' Identity ' },
  { 'content-encoding': '' },
])('the header %j says that nothing is compressed', (headers) => {
  expect(read(LEFT, headers).accepted).toEqual([leftAt(0)]);
});

test('a value that is too large and compressed is rejected as too large, so its copy is shortened', () => {
  const rejected = read(' '.repeat(VALUE_BYTES_MAX + 1), { 'content-encoding': 'gzip' }).rejected;
  expect(rejected[0]!.fault).toBe('too-large');
});

test('forged headers change nothing, because the content decides', () => {
  const headers = { 'alder-reason': 'invalid-json', 'alder-row': '7', 'alder-line': '3' };
  expect(read(LEFT, headers)).toEqual({ lineCount: 1, accepted: [leftAt(0)], rejected: [] });
});

test('rows are appended to the rows that the columns already hold', () => {
  const rows = new RowColumns(2, 1);
  const reader = new MessageReader(schema);
  const never = () => {
    throw new Error('nothing is rejected here');
  };
  for (let i = 0; i < 5; i++) reader.read(Buffer.from(`${LEFT}\n${RIGHT}`), null, rows, never);
  expect(rows.rowCount).toBe(10);
  expect([...rows.features.subarray(16, 20)]).toEqual([1, 2, 3, 4]);
});

import fc from 'fast-check';
import { MessageReader } from '../../shared/row/message-reader';
import { RowColumns } from '../../shared/row/row-columns';
import { RowReader } from '../../shared/row/row-reader';
import { parseSchema } from '../../shared/row/schema';

const schema = parseSchema(
  '{"format":"alder-schema/1","label":{"name":"side","classes":["left","right"]},"features":[{"name":"x"},{"name":"y"}]}',
  'test',
);

/** Rows, parts of rows and separators, so that the bytes after any cut could complete a row. */
const text = fc
  .array(
    fc.constantFrom(
      '{"data":[1,2],"label":"left"}',
      '{"data": [3.5, -4], "label": "right"}',
      '{ "label":"left","data":[1,2] }',
      '{"data":[1,2]',
      ',"label":"right"}',
      '{"data":[1,2],"label":"up"}',
      '{"data":[1,2],\n"label":"left"}',
      '\n',
      '\r\n',
      ' ',
      'ü',
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((pieces) => Buffer.from(pieces.join('')));

/** The result of each line, read alone. */
function readEachLine(bytes: Buffer): unknown[] {
  const reader = new RowReader(schema);
  const lines = bytes.toString('latin1').split('\n');
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines.map((latin, line) => {
    if (latin === '') return { line, fault: 'empty-value', bytes: '' };
    const own = Buffer.from(latin, 'latin1');
    const into = new Float64Array(2);
    const classIndex = reader.read(own, 0, own.length, into, 0);
    if (classIndex < 0) return { line, fault: reader.fault, bytes: latin };
    return { line, classIndex, features: [...into] };
  });
}

function readRange(bytes: Buffer, from: number, end: number): unknown[] {
  const rows = new RowColumns(2, 1);
  const found: { line: number }[] = [];
  const lines = new MessageReader(schema).readRange(bytes, from, end, null, rows, (line, fault, rejected) => {
    found.push(Object.assign({ line }, { fault, bytes: Buffer.from(rejected!).toString('latin1') }));
  });
  for (let i = 0; i < rows.rowCount; i++) {
    const features = [...rows.features.subarray(2 * i, 2 * i + 2)];
    found.push(Object.assign({ line: rows.lines[i]! }, { classIndex: rows.classes[i], features }));
  }
  expect(found).toHaveLength(lines);
  return found.sort((a, b) => a.line - b.line);
}

test('a value among other bytes is read as if it were alone, line by line', () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(), (bytes, a, b) => {
      const [from, end] = [a % bytes.length, b % (bytes.length + 1)].sort((x, y) => x - y) as [
        number,
        number,
      ];
      fc.pre(from < end);
      expect(readRange(bytes, from, end)).toEqual(readEachLine(bytes.subarray(from, end)));
    }),
    { seed: 1, numRuns: 3_000 },
  );
});

test('an empty value between others is one rejected line', () => {
  expect(readRange(Buffer.from('{}\n{}'), 2, 2)).toEqual([{ line: 0, fault: 'empty-value', bytes: '' }]);
});

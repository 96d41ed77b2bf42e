import fc from 'fast-check';
import { countLines } from '../../../services/verifier/reading/partition-pass';
import { LINES_MAX, MessageReader, VALUE_BYTES_MAX } from '../../../shared/row/message-reader';
import { RowColumns } from '../../../shared/row/row-columns';
import { IRIS_SCHEMA } from '../../support/pipeline';

test.each([
  ['null', null, 1],
  ['empty', '', 1],
  ['one line', 'a', 1],
  ['one line with its newline', 'a\n', 1],
  ['two lines', 'a\nb', 2],
  ['an empty line at the end', 'a\n\n', 2],
  ['nothing but a newline', '\n', 1],
  ['as many lines as there may be', 'a\n'.repeat(LINES_MAX), LINES_MAX],
  ['one line too many', 'a\n'.repeat(LINES_MAX + 1), 1],
  ['as many bytes as there may be', `${'\n'.repeat(9)}${'a'.repeat(VALUE_BYTES_MAX - 9)}`, 10],
  ['one byte too many', `${'\n'.repeat(9)}${'a'.repeat(VALUE_BYTES_MAX - 8)}`, 1],
])('%s', (_, value, lines) => {
  expect(countLines(value === null ? null : Buffer.from(value), false)).toBe(lines);
});

test('a value that is compressed by its header is one line', () => {
  expect(countLines(Buffer.from('a\nb\nc'), true)).toBe(1);
});

test('lines are counted as the row reader counts them, for any bytes', () => {
  const reader = new MessageReader(IRIS_SCHEMA);
  const rows = new RowColumns(4);
  const byte = fc.constantFrom(0x0a, 0x0a, 0x7b, 0x61, 0xff);
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 40 }), (drawn) => {
      const value = Uint8Array.from(drawn);
      expect(countLines(value, false)).toBe(reader.read(value, null, rows, () => undefined));
    }),
    { numRuns: 500, seed: 4 },
  );
});

import { RetainedRows } from '../../../services/verifier/reading/retained-rows';
import { MessageReader } from '../../../shared/row/message-reader';
import { lineOf } from '../../scenarios/iris-rows';
import { IRIS_SCHEMA } from '../../support/pipeline';

const reader = new MessageReader(IRIS_SCHEMA);

/** A message of as many rows; the first feature of each is its message's offset, the second its line. */
function add(retained: RetainedRows, offset: number, rows: number): number {
  const lines = Array.from({ length: rows }, (_, line) =>
    lineOf({ features: [offset, line, 0, 0], label: 'setosa' }),
  );
  const value = Buffer.from(lines.join('\n'));
  return retained.add(
    { offset, timestampMs: 7 * offset, key: null, headers: null, value },
    reader,
    () => undefined,
  );
}

function rowsOf(retained: RetainedRows, from: number, next: number): number[][] {
  const span = retained.span(from, next);
  return Array.from({ length: span.to - span.from }, (_, i) => {
    const row = span.from + i;
    const features = retained.columns.features.subarray(row * 4, row * 4 + 2);
    return [
      retained.offsetOf(row),
      retained.columns.lines[row]!,
      features[0]!,
      features[1]!,
      retained.timestampOf(row),
    ];
  });
}

test('a span holds the rows of its messages, each with offset, line, features and timestamp', () => {
  const retained = new RetainedRows(0, 4);
  for (const offset of [3, 4, 6]) expect(add(retained, offset, 2)).toBe(2);
  expect(rowsOf(retained, 4, 7)).toEqual([
    [4, 0, 4, 0, 28],
    [4, 1, 4, 1, 28],
    [6, 0, 6, 0, 42],
    [6, 1, 6, 1, 42],
  ]);
  expect(rowsOf(retained, 5, 6)).toEqual([]);
});

test('retained rows hold a sliding window in bounded memory, and the rows stay unchanged', () => {
  const retained = new RetainedRows(0, 4);
  for (let offset = 0; offset < 20_000; offset++) {
    add(retained, offset, 1);
    retained.dropBelow(offset - 100);
  }
  expect(retained.columns.classes.length).toBeLessThanOrEqual(512);
  expect(rowsOf(retained, 19_899, 20_000).map(([offset]) => offset)).toEqual(
    Array.from({ length: 101 }, (_, i) => 19_899 + i),
  );
});

test('rows below the retained offsets are counted and not held', () => {
  const retained = new RetainedRows(0, 4);
  retained.dropBelow(10);
  expect(add(retained, 9, 3)).toBe(3);
  expect(add(retained, 10, 1)).toBe(1);
  expect(rowsOf(retained, 0, 99).map(([offset]) => offset)).toEqual([10]);
});

test('rows that were dropped once do not come back', () => {
  const retained = new RetainedRows(0, 4);
  retained.dropBelow(10);
  retained.dropBelow(5);
  expect(retained.retainedFrom).toBe(10);
});

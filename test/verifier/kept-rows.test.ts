import { KeptRows } from '../../services/verifier/reading/retained-rows';
import { MessageReader } from '../../shared/row/message-reader';
import { lineOf } from '../scenarios/iris-rows';
import { IRIS_SCHEMA } from '../support/pipeline';

const reader = new MessageReader(IRIS_SCHEMA);

/** A message of as many rows; the first feature of each is its message's offset, the second its line. */
function add(kept: KeptRows, offset: number, rows: number): number {
  const lines = Array.from({ length: rows }, (_, line) =>
    lineOf({ features: [offset, line, 0, 0], label: 'setosa' }),
  );
  const value = Buffer.from(lines.join('\n'));
  return kept.add(
    { offset, timestampMs: 7 * offset, key: null, headers: null, value },
    reader,
    () => undefined,
  );
}

function rowsOf(kept: KeptRows, from: number, next: number): number[][] {
  const span = kept.span(from, next);
  return Array.from({ length: span.to - span.from }, (_, i) => {
    const row = span.from + i;
    const features = kept.columns.features.subarray(row * 4, row * 4 + 2);
    return [kept.offsetOf(row), kept.columns.lines[row]!, features[0]!, features[1]!, kept.timestampOf(row)];
  });
}

test('a span holds the rows of its messages, each with offset, line, features and timestamp', () => {
  const kept = new KeptRows(0, 4);
  for (const offset of [3, 4, 6]) expect(add(kept, offset, 2)).toBe(2);
  expect(rowsOf(kept, 4, 7)).toEqual([
    [4, 0, 4, 0, 28],
    [4, 1, 4, 1, 28],
    [6, 0, 6, 0, 42],
    [6, 1, 6, 1, 42],
  ]);
  expect(rowsOf(kept, 5, 6)).toEqual([]);
});

test('it keeps a sliding window in bounded memory, and its rows stay what they were', () => {
  const kept = new KeptRows(0, 4);
  for (let offset = 0; offset < 20_000; offset++) {
    add(kept, offset, 1);
    kept.keepFrom(offset - 100);
  }
  expect(kept.columns.classes.length).toBeLessThanOrEqual(512);
  expect(rowsOf(kept, 19_899, 20_000).map(([offset]) => offset)).toEqual(
    Array.from({ length: 101 }, (_, i) => 19_899 + i),
  );
});

test('rows below what is kept are counted and forgotten at once', () => {
  const kept = new KeptRows(0, 4);
  kept.keepFrom(10);
  expect(add(kept, 9, 3)).toBe(3);
  expect(add(kept, 10, 1)).toBe(1);
  expect(rowsOf(kept, 0, 99).map(([offset]) => offset)).toEqual([10]);
});

test('what was given up once does not come back', () => {
  const kept = new KeptRows(0, 4);
  kept.keepFrom(10);
  kept.keepFrom(5);
  expect(kept.keptFrom).toBe(10);
});

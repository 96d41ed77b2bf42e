import fc from 'fast-check';
import { FastRowReader, NEEDS_STRICT } from '../../shared/row/fast-row';
import { encodeRow } from '../../shared/row/row-writer';
import type { Schema } from '../../shared/row/schema';

const CLASSES = [
  'setosa',
  'versicolor',
  '',
  'Zürich',
  'a "quoted" one',
  'x"}',
  'back\\slash',
  'line\nfeed',
  '\ud800',
];
const WIDTH = 3;
const schema: Schema = {
  layout: 'data',
  extraFields: 'reject',
  label: { name: 'label', classes: CLASSES },
  features: ['a', 'b', 'c'].map((name) => ({ name })),
};
const reader = new FastRowReader(WIDTH, CLASSES);

/** Class and features of a row between other bytes; null for a row that needs the strict reader. */
function read(row: string | Buffer): { label: string; data: number[] } | null {
  const before = '{"data":[9,9,9],"label":"setosa"}\n';
  const bytes = Buffer.concat([Buffer.from(before), Buffer.from(row as string), Buffer.from('}"setosa"}')]);
  const into = new Float64Array(WIDTH + 2).fill(77);
  const classIndex = reader.read(bytes, before.length, bytes.length - 10, into, 1);
  expect([into[0], into[WIDTH + 1]]).toEqual([77, 77]);
  if (classIndex === NEEDS_STRICT) return null;
  return { label: CLASSES[classIndex]!, data: [...into.subarray(1, WIDTH + 1)] };
}

const cell = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -99_999, max: 99_999 }).map((n) => n / 10) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
);
const data = fc.array(cell, { minLength: WIDTH, maxLength: WIDTH });

test("the fast path reads the producer's rows, with and without spaces, for every class that needs no escape", () => {
  const short = fc.array(fc.integer({ min: -999, max: 999 }), { minLength: WIDTH, maxLength: WIDTH });
  fc.assert(
    fc.property(short, fc.constantFrom(...CLASSES.slice(0, 4)), (tenths, label) => {
      const features = tenths.map((n) => n / 10);
      const expected = { label, data: features.map((value) => value + 0) };
      expect(read(encodeRow(schema, features, label))).toEqual(expected);
      expect(read(`{"data": [${features.join(', ')}], "label": "${label}"}`)).toEqual(expected);
    }),
    { seed: 1 },
  );
});

test('a row that the fast path reads is the row that JSON.parse reads, whatever bytes were changed', () => {
  const change = fc.record({ at: fc.nat(80), remove: fc.nat(2), insert: fc.uint8Array({ maxLength: 2 }) });
  let taken = 0;
  fc.assert(
    fc.property(
      data,
      fc.constantFrom(...CLASSES),
      fc.array(change, { maxLength: 2 }),
      (features, label, changes) => {
        let bytes = Buffer.from(encodeRow(schema, features, label));
        for (const { at, remove, insert } of changes) {
          bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
        }
        const found = read(bytes);
        if (found === null) return;
        taken++;
        const parsed = JSON.parse(bytes.toString()) as { data: number[]; label: string };
        expect(Object.keys(parsed)).toEqual(['data', 'label']);
        expect(found).toEqual({ label: parsed.label, data: parsed.data.map((value) => value + 0) });
      },
    ),
    { seed: 2, numRuns: 4_000 },
  );
  expect(taken).toBeGreaterThan(500);
});

test.each(CLASSES.slice(4))(
  'the class %j, whose name needs an escape, is left to the strict reader',
  (label) => {
    expect(read(encodeRow(schema, [1, 2, 3], label))).toBeNull();
    expect(read(`{"data":[1,2,3],"label":"${label}"}`)).toBeNull();
  },
);

test.each([
  ['nothing', ''],
  ['only its beginning', '{"data":'],
  ['no label', '{"data":[1,2,3]}'],
  ['an unknown class', '{"data":[1,2,3],"label":"other"}'],
  ['the beginning of a class', '{"data":[1,2,3],"label":"set'],
  ['another number of values', '{"data":[1,2],"label":"setosa"}'],
  ['the label first', '{"label":"setosa","data":[1,2,3]}'],
  ['named values', '{"data":{"a":1,"b":2,"c":3},"label":"setosa"}'],
  ['a field more', '{"data":[1,2,3],"label":"setosa","more":1}'],
  ['a carriage return behind it', '{"data":[1,2,3],"label":"setosa"}\r'],
  ['a space in another place', '{ "data":[1,2,3],"label":"setosa"}'],
  ['text in a feature', '{"data":[1,"2",3],"label":"setosa"}'],
])('a row with %s is left to the strict reader', (_, row) => {
  expect(read(row)).toBeNull();
});

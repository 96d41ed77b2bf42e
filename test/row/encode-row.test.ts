import fc from 'fast-check';
import { encodeRow } from '../../shared/row/row-writer';
import type { Schema } from '../../shared/row/schema';

const data: Schema = {
  layout: 'data',
  extraFields: 'reject',
  label: { name: 'species', classes: ['setosa', 'virginica'] },
  features: [{ name: 'sepal_length' }, { name: '2' }],
};
const flat: Schema = { ...data, layout: 'flat' };

test('the data layout is the canonical row', () => {
  expect(encodeRow(data, [5.1, 0.2], 'setosa')).toBe('{"data":[5.1,0.2],"label":"setosa"}');
});

test('the flat layout names features in the order of the schema, even when a name looks like an index', () => {
  expect(encodeRow(flat, [5.1, 0.2], 'setosa')).toBe('{"sepal_length":5.1,"2":0.2,"species":"setosa"}');
});

test('text in a feature stays text, so the trainer rejects the row', () => {
  expect(encodeRow(data, ['n/a', ''], 'setosa')).toBe('{"data":["n/a",""],"label":"setosa"}');
});

test('a number that is not finite never becomes null', () => {
  expect(encodeRow(data, [Number.NaN, Number.POSITIVE_INFINITY], 'x')).toBe(
    '{"data":["NaN","Infinity"],"label":"x"}',
  );
});

test('minus zero is written as zero', () => {
  expect(encodeRow(data, [-0, 1], 'x')).toBe('{"data":[0,1],"label":"x"}');
});

test('a row is one line that reads back unchanged, whatever its texts contain', () => {
  const cell = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string());
  fc.assert(
    fc.property(cell, cell, fc.string({ unit: 'binary' }), (first, second, label) => {
      const line = encodeRow(data, [first, second], label);
      expect(line).not.toContain('\n');
      expect(JSON.parse(line)).toEqual({
        data: [first, second].map((each) => (each === 0 ? 0 : each)),
        label,
      });
    }),
    { seed: 7 },
  );
});

test('a row of another width breaks an invariant of encodeRow', () => {
  expect(() => encodeRow(data, [1], 'x')).toThrow('one cell per feature');
});

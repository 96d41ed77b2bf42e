import fc from 'fast-check';
import { bodyOf, fieldsOf, middleOf, rangeText } from '../../../services/dashboard/try-it/form-values';

const field = (name: string, min: number | null = null, max: number | null = null) => ({
  name,
  unit: 'cm',
  min,
  max,
});

test.each([
  [4.3, 7.9, '6.1'],
  [0, 5, '3'],
  [2, 2, '2'],
  [1e-7, 3e-7, '2e-7'],
  [0, 1.6e308, '8e+307'],
])('the middle of %d to %d is as exact as the range: %s', (min, max, middle) => {
  expect(middleOf(field('height', min, max))).toBe(middle);
});

test('the middle is within the range', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [min, max] = [Math.min(a, b), Math.max(a, b)];
      const middle = Number(middleOf(field('height', min, max)));
      // A whole number beyond 2 ** 53 is spelled with fewer digits than it has.
      const slack = Math.max(Math.abs(min), Math.abs(max)) * Number.EPSILON;
      return middle >= min - slack && middle <= max + slack;
    }),
    { seed: 7 },
  );
});

test('nothing is made up for a range that is not known', () => {
  expect(middleOf(field('height'))).toBeNull();
  expect(rangeText(field('height'))).toBeNull();
  expect(rangeText(field('height', 4.3, 7.9))).toBe('4.3 to 7.9 cm');
});

test('without a report the names of the model are the fields', () => {
  expect(fieldsOf([], ['height'])).toEqual([{ name: 'height', unit: null, min: null, max: null }]);
  expect(fieldsOf([], null)).toBeNull();
});

test('empty fields are left out, and what is no number is sent as typed for the server to refuse', () => {
  const fields = ['height', 'width', 'a "name"', 'far'].map((name) => field(name));
  const values = { height: ' 1.50 ', width: '', 'a "name"': 'tall', far: '1e400' };
  expect(bodyOf(fields, values)).toBe('{"data":{"height":1.50,"a \\"name\\"":"tall","far":1e400}}');
});

test('a number that only people would write becomes one of JSON', () => {
  expect(bodyOf([field('height')], { height: '+.5' })).toBe('{"data":{"height":0.5}}');
});

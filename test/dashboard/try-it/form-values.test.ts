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

test('the middle of any range is within the range', () => {
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

test('an unknown range has no middle and no text', () => {
  expect(middleOf(field('height'))).toBeNull();
  expect(rangeText(field('height'))).toBeNull();
  expect(rangeText(field('height', 4.3, 7.9))).toBe('4.3 to 7.9 cm');
});

test('the fields are the feature names of the model when no trainer has reported', () => {
  expect(fieldsOf([], ['height'])).toEqual([{ name: 'height', unit: null, min: null, max: null }]);
  expect(fieldsOf([], null)).toBeNull();
});

test('the body leaves out empty fields and sends a text that is not a number as it was typed', () => {
  const fields = ['height', 'width', 'a "name"', 'far'].map((name) => field(name));
  const values = { height: ' 1.50 ', width: '', 'a "name"': 'tall', far: '1e400' };
  expect(bodyOf(fields, values)).toBe('{"data":{"height":1.50,"a \\"name\\"":"tall","far":1e400}}');
});

test('a number in a spelling that JSON does not allow becomes a JSON number', () => {
  expect(bodyOf([field('height')], { height: '+.5' })).toBe('{"data":{"height":0.5}}');
});

import fc from 'fast-check';
import { NumberScanner } from '../../shared/json/number';

const RUNS = { seed: 7, numRuns: 5_000 };
const scanner = new NumberScanner();

/** The value of a text that is one number and nothing else; null when it is not. */
function read(text: string): number | null {
  const bytes = Buffer.from(`x${text}`);
  if (!scanner.scan(bytes, 1, bytes.length) || scanner.next !== bytes.length) return null;
  return scanner.value();
}

function expectNearest(text: string): void {
  const nearest = Number(text);
  expect([text, read(text)]).toEqual([text, nearest === 0 ? 0 : nearest]);
}

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
const integer = fc.oneof(
  fc.constant('0'),
  fc.tuple(fc.constantFrom(...'123456789'), digits(0, 24)).map(([first, rest]) => first + rest),
);
const fraction = fc.oneof(
  fc.constant(''),
  digits(1, 30).map((text) => `.${text}`),
);
const exponent = fc.oneof(
  fc.constant(''),
  fc
    .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.integer({ min: 0, max: 400 }))
    .map(([e, sign, power]) => `${e}${sign}${power}`),
);
const numberText = fc
  .tuple(fc.constantFrom('', '-'), integer, fraction, exponent)
  .map((parts) => parts.join(''));

test('any number of the grammar becomes the double that Number() gives', () => {
  fc.assert(fc.property(numberText, expectNearest), { ...RUNS, numRuns: 20_000 });
});

test('any double comes back from its shortest text and from its exact digits', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expectNearest(String(value));
      expectNearest(value.toExponential(16));
    }),
    RUNS,
  );
});

test('a text is a number exactly when JSON.parse says so', () => {
  const nearlyNumbers = fc.string({ unit: fc.constantFrom(...'0019.-+eE'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(nearlyNumbers, (text) => {
      let isNumber = true;
      try {
        JSON.parse(text);
      } catch {
        isNumber = false;
      }
      expect([text, read(text) !== null]).toEqual([text, isNumber]);
    }),
    RUNS,
  );
});

test.each([
  '123456789012345',
  '999999999999999',
  '1234567890123456',
  '9007199254740993',
  '1e22',
  '1e23',
  '123456789012345e22',
  '999999999999999e-22',
  '0.1',
  '0.30000000000000004',
  '2.2250738585072011e-308',
  '5e-324',
  '2.4703282292062328e-324',
  '1.7976931348623157e308',
  '1.7976931348623159e308',
  '1e0000000000000000000000022',
  '0.000000000000000000000001e24',
])('the number %s, at an edge of the fast path or of the doubles, becomes the nearest double', expectNearest);

test.each(['0', '-0', '-0.0', '-0e5', '-0.000e-999', '1e-999', '-1e-999', '-2e-324'])(
  'the number %s is 0 without a sign',
  (text) => {
    expect(Object.is(read(text), 0)).toBe(true);
  },
);

test.each([
  ['1e999', Number.POSITIVE_INFINITY],
  ['-1e309', Number.NEGATIVE_INFINITY],
  ['1e99999999999999999999', Number.POSITIVE_INFINITY],
  ['9'.repeat(1_000_000), Number.POSITIVE_INFINITY],
  [`0.${'0'.repeat(1_000_000)}1e1000001`, 1],
  [`0.${'3'.repeat(1_000_000)}`, 1 / 3],
])('a number beyond every bound keeps its value: %.30s is %d', (text, value) => {
  expect(read(text)).toBe(value);
});

test.each([
  '',
  '-',
  '+1',
  '01',
  '-01',
  '00',
  '.5',
  '1.',
  '1.e5',
  '1e',
  '1e+',
  'e5',
  '0x10',
  '1_000',
  '--1',
  'NaN',
  'Infinity',
])('the text %p is not a number', (text) => {
  expect(read(text)).toBeNull();
});

test('the scan stops where the number ends and leaves what follows to the caller', () => {
  const bytes = Buffer.from('[-12.5e1,3]');
  expect(scanner.scan(bytes, 1, bytes.length)).toBe(true);
  expect([scanner.next, scanner.value()]).toEqual([8, -125]);
});

test('bytes after the end of the range are not read', () => {
  const bytes = Buffer.from('1234');
  expect(scanner.scan(bytes, 0, 2)).toBe(true);
  expect([scanner.next, scanner.value()]).toEqual([2, 12]);
});

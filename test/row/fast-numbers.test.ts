import fc from 'fast-check';
import { NEEDS_STRICT, readNumbersFast } from '../../shared/row/fast-row';

const RUNS = { seed: 3, numRuns: 4_000 };
const WIDTH = 3;

/** The values of a text that the fast path reads to its end; null for any other text. */
function read(text: string, width = WIDTH): number[] | null {
  // The bytes around the range would change the result if they were read.
  const bytes = Buffer.from(`9,[${text}9]`);
  const end = bytes.length - 2;
  const into = new Float64Array(width + 2).fill(77);
  const ended = readNumbersFast(bytes, 3, end, width, into, 1);
  expect([into[0], into[width + 1]]).toEqual([77, 77]);
  if (ended !== end) return null;
  return [...into.subarray(1, width + 1)];
}

const shortest = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
const everyday = fc
  .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.nat(4))
  .map(([n, d]) => (n / 10 ** d).toFixed(d));
const long = fc
  .tuple(fc.constantFrom('', '-'), fc.nat(10 ** 9), fc.string({ unit: fc.constantFrom(...'0123456789') }))
  .map(([sign, integer, fraction]) => `${sign}${integer}${fraction === '' ? '' : `.${fraction}`}`);
const broken = fc.string({ unit: fc.constantFrom(...'0019.-+eE ,]["'), maxLength: 6 });

test('an array that the fast path reads is JSON with the values of JSON.parse, never −0', () => {
  const cell = fc.oneof(shortest, everyday, long, broken);
  const space = fc.constantFrom('', '', ' ');
  fc.assert(
    fc.property(fc.array(fc.tuple(space, cell), { minLength: 1, maxLength: 4 }), (cells) => {
      const text = `[${cells.map((parts) => parts.join('')).join(',')}]`;
      const values = read(text);
      if (values === null) return;
      expect([text, values]).toEqual([text, (JSON.parse(text) as number[]).map((value) => value + 0)]);
      expect(values.some((value) => Object.is(value, -0))).toBe(false);
    }),
    RUNS,
  );
});

test('the fast path reads every array of short numbers, and nearly all of shortest doubles without an exponent', () => {
  fc.assert(
    fc.property(fc.array(everyday, { minLength: WIDTH, maxLength: WIDTH }), (cells) => {
      expect(read(`[${cells.join(',')}]`)).not.toBeNull();
      expect(read(`[${cells.join(', ')}]`)).not.toBeNull();
    }),
    RUNS,
  );
  let left = 0;
  fc.assert(
    fc.property(fc.double({ min: 1e-5, max: 1e15, noNaN: true }), (value) => {
      const text = String(value);
      if (!text.includes('e') && read(`[${text}]`, 1) === null) left++;
    }),
    RUNS,
  );
  expect(left).toBeLessThan(RUNS.numRuns / 500);
});

test.each([
  '[5.1,3.5,1.4',
  '[5.1,3.5,1',
  '[5.1,3.5]',
  '[5.1,3.5,1.4,0.2]',
  '[5.1,,1.4]',
  '[5.1,3.5,1.4,]',
  '[01,2,3]',
  '[1.,2,3]',
  '[.5,2,3]',
  '[-,2,3]',
  '[+1,2,3]',
  '[1e2,2,3]',
  '[1,2,3 ]',
  '[1 ,2,3]',
  '[1,  2,3]',
  '[1,2,"3"]',
  '[1,2,null]',
  '{"a":1}',
  '[1,2,3][',
  '',
  '[',
])('%s is left to the strict reader', (text) => {
  const bytes = Buffer.from(text);
  const ended = readNumbersFast(bytes, 0, bytes.length, WIDTH, new Float64Array(WIDTH), 0);
  expect(ended === NEEDS_STRICT || ended < bytes.length).toBe(true);
  if (text !== '[1,2,3][') expect(ended).toBe(NEEDS_STRICT);
});

test('bytes after the end of the range are not read', () => {
  const bytes = Buffer.from('[1,2,34]');
  for (let end = 0; end < bytes.length; end++) {
    expect(readNumbersFast(bytes, 0, end, WIDTH, new Float64Array(WIDTH), 0)).toBe(NEEDS_STRICT);
  }
  expect(readNumbersFast(bytes, 0, bytes.length, WIDTH, new Float64Array(WIDTH), 0)).toBe(bytes.length);
});

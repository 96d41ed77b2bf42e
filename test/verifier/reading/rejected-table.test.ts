import fc from 'fast-check';
import { contentOf, fingerprintOf, RejectedTable } from '../../../services/verifier/reading/rejected-table';

const bytes = (text: string) => Buffer.from(text);

test('every added row, and no other row, is found by its coordinates', () => {
  const coordinates = fc.tuple(fc.nat(500), fc.nat(3));
  fc.assert(
    fc.property(fc.array(coordinates, { maxLength: 300 }), (drawn) => {
      const names = [...new Set(drawn.map(([offset, line]) => offset * 4 + line))].sort((a, b) => a - b);
      const table = new RejectedTable();
      for (const name of names) {
        table.add(Math.floor(name / 4), name % 4, contentOf('invalid-json', bytes(String(name))));
      }
      for (let name = 0; name < 2_004; name++) {
        const i = table.find(Math.floor(name / 4), name % 4);
        expect(i).toBe(names.indexOf(name));
        if (i >= 0) expect(table.hasFingerprint(i, fingerprintOf(bytes(String(name)), null))).toBe(true);
      }
    }),
    { numRuns: 20, seed: 4 },
  );
});

test('rows without a copy are listed within bounds', () => {
  const table = new RejectedTable();
  for (let offset = 0; offset < 10; offset++) table.add(offset, 1, contentOf('null-value', null));
  for (const offset of [0, 2, 4, 9]) table.markFound(table.find(offset, 1));
  expect([...table.missing(2, 8)].map(({ offset }) => offset)).toEqual([3, 5, 6, 7]);
});

test('a null value, an empty value and the text null have three fingerprints', () => {
  const prints = [null, bytes(''), bytes('null ')].map((value) => fingerprintOf(value, null).join());
  expect(new Set(prints).size).toBe(3);
});

test('the fingerprint of a too large value covers its first 65,536 bytes, and length and sha256 of the whole', () => {
  const [one, other] = [Buffer.alloc(1_000_001, 'x'), Buffer.alloc(1_000_001, 'x')];
  other[1_000_000] = 0;
  expect(contentOf('too-large', one)).not.toEqual(contentOf('too-large', other));
  const whole = {
    // head -c 1000001 /dev/zero | tr '\0' x | sha256sum
    sha256: '85e4daf430380f612580d11ebf1ba489a0341266af0f6f5ed620852545a4655e',
    bytes: '1000001',
  };
  expect(contentOf('too-large', one).fingerprint).toEqual(fingerprintOf(one.subarray(0, 65_536), whole));
});

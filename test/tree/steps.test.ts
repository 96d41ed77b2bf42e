import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { atOnce, textBytesInSteps, textParts } from '../../shared/tree/steps';
import { treeDigest } from '../../shared/tree/tree-codec';

const PART = 65_536;

/** Texts longer than a part, with characters of one to four bytes about where it ends. */
const longTexts = fc
  .tuple(fc.nat({ max: 3 }), fc.string({ unit: fc.constantFrom('a', 'é', '花', '😀'), maxLength: 8 }))
  .map(([short, middle]) => `${'x'.repeat(PART - 4 + short)}${middle}${'y'.repeat(PART)}`);

test('the parts joined are the text, and no character is split', () => {
  fc.assert(
    fc.property(longTexts, (text) => {
      const parts = [...textParts(text)];
      expect(parts.length).toBeGreaterThanOrEqual(2);
      expect(parts.join('')).toBe(text);
      expect(parts.every((part) => part.isWellFormed())).toBe(true);
    }),
    { seed: 31 },
  );
});

test('bytes and digest made part by part equal those of the whole text', () => {
  fc.assert(
    fc.property(longTexts, (text) => {
      expect(atOnce(textBytesInSteps(text)).equals(Buffer.from(text))).toBe(true);
      expect(treeDigest(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }),
    { seed: 32 },
  );
});

test('an empty text has no parts', () => {
  expect([...textParts('')]).toEqual([]);
  expect(treeDigest('')).toBe(createHash('sha256').digest('hex'));
});

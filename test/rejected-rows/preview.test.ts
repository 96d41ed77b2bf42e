import fc from 'fast-check';
import { previewOf } from '../../services/rejected-rows/list-rejected';

test('a preview shows text unchanged and cuts it after 60 characters', () => {
  expect(previewOf(Buffer.from('{"data":[1],"label":"Zürich 🌲"}'))).toBe('{"data":[1],"label":"Zürich 🌲"}');
  expect(previewOf(Buffer.from('🌲'.repeat(60)))).toBe('🌲'.repeat(60));
  expect(previewOf(Buffer.from('🌲'.repeat(61)))).toBe(`${'🌲'.repeat(60)}…`);
});

test('a preview distinguishes a null value from an empty one', () => {
  expect([previewOf(null), previewOf(new Uint8Array(0))]).toEqual(['(null)', '(empty)']);
});

test('a preview shows a dot for each character that would move the cursor, ring the bell or reorder text', () => {
  const unsafe = '\u001b[2Ja\u0007b\u202ec\u0085d\u2028e\ufefff';
  expect(previewOf(Buffer.from(unsafe))).toBe('·[2Ja·b·c·d·e·f');
  expect(previewOf(Uint8Array.of(0x61, 0xff, 0x9b, 0x62))).toBe('a··b');
});

test('a preview of any bytes is one short line without control characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const preview = previewOf(bytes);
      expect(preview).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(Array.from(preview).length).toBeLessThanOrEqual(61);
    }),
    { seed: 12 },
  );
});

import fc from 'fast-check';
import { decodeMessageFrame, encodeMessageFrame } from '../../shared/row-log/message-frame';

describe('a message frame', () => {
  const headers = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), {
    maxKeys: 4,
  });
  const bytes = fc.uint8Array({ maxLength: 64 });

  test('gives back time, headers and bytes, whatever they are', () => {
    fc.assert(
      fc.property(fc.nat(), headers, fc.option(bytes), (timestampMs, given, value) => {
        const frame = decodeMessageFrame(encodeMessageFrame(timestampMs, given, value));
        expect(frame.timestampMs).toBe(timestampMs);
        expect(Object.entries(frame.headers ?? {})).toEqual(Object.entries(given));
        expect(frame.value === null ? null : [...frame.value]).toEqual(value === null ? null : [...value]);
      }),
      { seed: 42 },
    );
  });

  test('stores text as its UTF-8 bytes', () => {
    const { value } = decodeMessageFrame(encodeMessageFrame(0, undefined, 'Zürich 🌲'));
    expect(Buffer.from(value ?? []).toString('utf8')).toBe('Zürich 🌲');
  });

  test('tells an empty value from a null value', () => {
    expect(decodeMessageFrame(encodeMessageFrame(0, undefined, '')).value).toHaveLength(0);
    expect(decodeMessageFrame(encodeMessageFrame(0, undefined, null)).value).toBeNull();
  });

  test('has no headers where none or an empty set of them was given', () => {
    expect(decodeMessageFrame(encodeMessageFrame(0, undefined, 'x')).headers).toBeNull();
    expect(decodeMessageFrame(encodeMessageFrame(0, {}, 'x')).headers).toBeNull();
  });

  test('is nine bytes longer than its value when there are no headers', () => {
    // One byte of flags and eight of the timestamp.
    expect(encodeMessageFrame(0, undefined, 'abc')).toHaveLength(1 + 8 + 3);
  });
});

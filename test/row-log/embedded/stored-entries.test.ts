import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { DEFAULT_READ_BOUNDS } from '../../../shared/row-log/bounds';
import { EmbeddedBlock } from '../../../shared/row-log/embedded/embedded-block';
import {
  decodeMessageFrame,
  encodeEntries,
  encodeMessageFrame,
  isMessageRun,
  RUN_BYTES_MAX,
} from '../../../shared/row-log/embedded/stored-entries';
import type { OutgoingMessage } from '../../../shared/row-log/row-log';

const NO_BOUNDS = { ...DEFAULT_READ_BOUNDS, blockMessagesMax: 1e9, blockBytesMax: 1e9 };

/** The messages at offsets [from, next) as a block gives them, when the entries lie from `first` on. */
function readBack(messages: readonly OutgoingMessage[], first: number, from = first, next = Infinity) {
  const block = new EmbeddedBlock(0, from, NO_BOUNDS);
  let offset = first;
  for (const entry of encodeEntries(1_000, messages)) {
    block.add(offset, entry.bytes, next);
    offset += entry.messages;
  }
  const { offsets, values, headers, timestampsMs } = block.endAt(block.next);
  return offsets.map((offset, i) => ({
    offset,
    timestampMs: timestampsMs[i],
    value: told(values[i]!),
    headers: headers === null ? null : headers[i],
  }));
}

/** Length and digest, so that a difference between large values stays readable. */
function told(value: Uint8Array | string | null): string | null {
  if (value === null) return null;
  const bytes = Buffer.from(value as string);
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
}

function asRead(messages: readonly OutgoingMessage[], first: number) {
  return messages.map(({ value, headers }, i) => ({
    offset: first + i,
    timestampMs: 1_000,
    value: told(value),
    headers: headers === undefined || Object.keys(headers).length === 0 ? null : headers,
  }));
}

const value = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 300 }),
  fc.integer({ min: 0, max: 40_000 }).map((length) => Buffer.alloc(length, length)),
);
const message: fc.Arbitrary<OutgoingMessage> = fc.oneof(
  fc.record({ value }),
  fc.record({ value, headers: fc.dictionary(fc.string(), fc.string({ unit: 'binary' }), { maxKeys: 3 }) }),
);

test('any range of any messages comes back as it was', () => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 12 }),
      fc.nat(2 ** 40),
      fc.nat(12),
      fc.nat(12),
      (messages, first, skip, take) => {
        expect(readBack(messages, first)).toEqual(asRead(messages, first));
        const [from, next] = [first + skip, first + skip + take];
        expect(readBack(messages, first, from, next)).toEqual(
          asRead(messages, first).filter(({ offset }) => offset >= from && offset < next),
        );
      },
    ),
    { seed: 11 },
  );
});

test('one message makes a frame, several make a run', () => {
  const [alone, ...none] = encodeEntries(0, [{ value: 'a' }]);
  expect([alone!.messages, isMessageRun(alone!.bytes), none]).toEqual([1, false, []]);
  const [run, ...more] = encodeEntries(0, [{ value: 'a' }, { value: null }, { value: '' }]);
  expect([run!.messages, isMessageRun(run!.bytes), more]).toEqual([3, true, []]);
});

test('a run ends before the message that would bring its values and headers above the bound', () => {
  const third = RUN_BYTES_MAX / 4;
  const sizes = [third, third, third, third, 1, RUN_BYTES_MAX + 1, RUN_BYTES_MAX, 1];
  const entries = encodeEntries(
    0,
    sizes.map((size) => ({ value: Buffer.alloc(size) })),
  );
  expect(entries.map(({ messages }) => messages)).toEqual([4, 1, 1, 1, 1]);
  const headers = { long: 'x'.repeat(RUN_BYTES_MAX / 2) };
  const withHeaders = [1, 2, 3].map(() => ({ value: 'a', headers }));
  expect(encodeEntries(0, withHeaders).map(({ messages }) => messages)).toEqual([1, 1, 1]);
});

describe('a damaged run is named and never read', () => {
  const [entry] = encodeEntries(0, [{ value: 'first', headers: { name: 'text' } }, { value: 'second' }]);
  const read = (bytes: Buffer) => () => new EmbeddedBlock(0, 7, NO_BOUNDS).add(7, bytes);
  const refused = expect.objectContaining({
    code: 'data-folder',
    message: expect.stringContaining('offset 7'),
  });

  test('a run that is cut off anywhere is refused', () => {
    for (let length = 1; length < entry!.bytes.length; length++) {
      expect(read(entry!.bytes.subarray(0, length))).toThrow(refused);
    }
  });

  test('a run that is longer than its head says is refused', () => {
    expect(read(Buffer.concat([entry!.bytes, Buffer.alloc(1)]))).toThrow(refused);
  });

  test('a run with an impossible count or header length is refused', () => {
    for (const at of [9, 12, 13 + 2 * 4]) {
      const changed = Buffer.from(entry!.bytes);
      changed[at]! ^= 0x40;
      expect(read(changed)).toThrow(refused);
    }
    const empty = Buffer.from(entry!.bytes);
    empty.writeUInt32LE(0, 9);
    expect(read(empty)).toThrow(refused);
  });

  test('a run whose headers do not match its messages is refused', () => {
    const text = '[{"name":"text"},null]';
    const at = entry!.bytes.indexOf(text);
    expect(at).toBeGreaterThan(0);
    for (const other of ['[{"name":"text"} null]', '[{"name":"textual"}  ]', '{"name":"text","a":12}']) {
      const changed = Buffer.from(entry!.bytes);
      expect(changed.write(other.padEnd(text.length), at)).toBe(text.length);
      expect(read(changed)).toThrow(refused);
    }
  });

  test('a run with flags of a later version is refused', () => {
    for (const flag of [1, 8, 128]) {
      const changed = Buffer.from(entry!.bytes);
      changed[0]! |= flag;
      expect(read(changed)).toThrow(refused);
    }
  });
});

describe('a message frame', () => {
  const headers = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), {
    maxKeys: 4,
  });
  const bytes = fc.uint8Array({ maxLength: 64 });

  test('a frame gives back any time, headers and bytes', () => {
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

  test('a frame stores text as UTF-8', () => {
    const { value } = decodeMessageFrame(encodeMessageFrame(0, undefined, 'Zürich 🌲'));
    expect(Buffer.from(value ?? []).toString('utf8')).toBe('Zürich 🌲');
  });

  test('a frame distinguishes an empty value from a null value', () => {
    expect(decodeMessageFrame(encodeMessageFrame(0, undefined, '')).value).toHaveLength(0);
    expect(decodeMessageFrame(encodeMessageFrame(0, undefined, null)).value).toBeNull();
  });

  test('a frame of no or empty headers has none', () => {
    expect(decodeMessageFrame(encodeMessageFrame(0, undefined, 'x')).headers).toBeNull();
    expect(decodeMessageFrame(encodeMessageFrame(0, {}, 'x')).headers).toBeNull();
  });

  test('a frame without headers is nine bytes longer than its value', () => {
    // One byte of flags and eight of the timestamp.
    expect(encodeMessageFrame(0, undefined, 'abc')).toHaveLength(1 + 8 + 3);
  });
});

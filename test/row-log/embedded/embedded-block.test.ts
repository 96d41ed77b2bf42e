import { DEFAULT_READ_BOUNDS } from '../../../shared/row-log/bounds';
import { EmbeddedBlock } from '../../../shared/row-log/embedded/embedded-block';
import { encodeMessageFrame } from '../../../shared/row-log/embedded/stored-entries';

const SIZES = [0, 1, 45, 1_000, 1_014, 1_015, 1_016, 70_000];

test('values of every size come back as they were, though their frames are overwritten', () => {
  const block = new EmbeddedBlock(2, 7, DEFAULT_READ_BOUNDS);
  const values = Array.from({ length: 400 }, (_, i) => Buffer.alloc(SIZES[i % SIZES.length]!, i));
  let added = 0;
  for (const value of values) {
    if (block.isFull) break;
    const frame = Buffer.from(encodeMessageFrame(1_000 + added, undefined, value));
    block.add(7 + added++, frame);
    // LMDB's binding may use a small Buffer's memory again; a large one belongs to whoever asked for it.
    if (frame.length <= 1_024) frame.fill(0xff);
  }
  const { partition, from, next, offsets, values: found, timestampsMs, headers } = block.endAt(block.next);
  expect({ partition, from, next, headers }).toEqual({
    partition: 2,
    from: 7,
    next: 7 + added,
    headers: null,
  });
  expect(added).toBeGreaterThan(100);
  expect(offsets).toEqual(Array.from({ length: added }, (_, i) => 7 + i));
  expect(timestampsMs).toEqual(offsets.map((offset) => 993 + offset));
  for (const [i, value] of found.entries()) expect(Buffer.compare(value!, values[i]!)).toBe(0);
});

test('headers and null values keep their places', () => {
  const block = new EmbeddedBlock(0, 0, DEFAULT_READ_BOUNDS);
  block.add(0, encodeMessageFrame(1, undefined, 'a'));
  block.add(4, encodeMessageFrame(2, { name: 'text' }, null));
  block.add(5, encodeMessageFrame(3, undefined, ''));
  const { offsets, values, headers } = block.endAt(9);
  expect(offsets).toEqual([0, 4, 5]);
  expect(values.map((value) => value && Buffer.from(value).toString())).toEqual(['a', null, '']);
  expect(headers).toEqual([null, { name: 'text' }, null]);
});

test('a block is full with the message that reaches a bound', () => {
  const byCount = new EmbeddedBlock(0, 0, { ...DEFAULT_READ_BOUNDS, blockMessagesMax: 2 });
  const byBytes = new EmbeddedBlock(0, 0, { ...DEFAULT_READ_BOUNDS, blockBytesMax: 5 });
  for (const block of [byCount, byBytes]) {
    block.add(0, encodeMessageFrame(0, undefined, 'abc'));
    expect(block.isFull).toBe(false);
    block.add(1, encodeMessageFrame(0, undefined, 'de'));
    expect(block.isFull).toBe(true);
    expect(block.next).toBe(2);
  }
});

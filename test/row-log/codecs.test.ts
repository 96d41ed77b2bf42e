import { gzipSync } from 'node:zlib';
import { compressFrameSync } from 'lz4-napi';
import { compressSync as snappy } from 'snappy';
import { UNPACKED_BYTES_MAX, UnpackedTooLarge, unpackBatch } from '../../shared/row-log/codecs';

/** What a batch of a hundred rows may look like. */
const ROWS = Buffer.from('{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}\n'.repeat(100));

/** snappy-java's framing: the magic bytes, two version numbers, then blocks behind their lengths. */
function xerial(bytes: Buffer, blockBytes: number): Buffer {
  const parts: Buffer[] = [
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
  ];
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const block = snappy(bytes.subarray(at, at + blockBytes));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/** `printf 'one row\\n' | zstd`, and 5 MiB of zeros by `zstd -19`: both made by the reference implementation. */
const ONE_ROW_ZSTD = Buffer.from('KLUv/QRYQQAAb25lIHJvdwq7OzV9', 'base64');
const ZEROS_ZSTD = Buffer.from(
  'KLUv/QBoTAAACAABAPz/ORACAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAADABAA',
  'base64',
);

const GZIP = 1;
const SNAPPY = 2;
const LZ4 = 3;
const ZSTD = 4;

test.each([
  ['gzip', GZIP, gzipSync(ROWS)],
  ['gzip in two members', GZIP, Buffer.concat([gzipSync(ROWS.subarray(0, 50)), gzipSync(ROWS.subarray(50))])],
  ['raw Snappy', SNAPPY, snappy(ROWS)],
  ["snappy-java's framing", SNAPPY, xerial(ROWS, 1_000)],
  ['LZ4', LZ4, compressFrameSync(ROWS)],
  ['LZ4 with checksums', LZ4, compressFrameSync(ROWS, { blockChecksums: true, contentChecksum: true })],
])('a batch that is packed by %s comes out as it was', async (_, codec, packed) => {
  expect((await unpackBatch(codec, packed)).equals(ROWS)).toBe(true);
});

test('a batch that is packed by Zstandard comes out as it was', async () => {
  expect((await unpackBatch(ZSTD, ONE_ROW_ZSTD)).toString()).toBe('one row\n');
  expect(await unpackBatch(ZSTD, ZEROS_ZSTD)).toHaveLength(5 * 1_048_576);
});

const ZEROS = Buffer.alloc(5 * 1_048_576);

test.each([
  ['gzip', GZIP, gzipSync(ZEROS)],
  ['raw Snappy', SNAPPY, snappy(ZEROS)],
  ["snappy-java's framing", SNAPPY, xerial(ZEROS, 32_768)],
  ['LZ4', LZ4, compressFrameSync(ZEROS)],
  ['Zstandard', ZSTD, ZEROS_ZSTD],
])('a batch of %s is refused as soon as it unpacks to more than the bound', async (_, codec, packed) => {
  await expect(unpackBatch(codec, packed, 4 * 1_048_576)).rejects.toBeInstanceOf(UnpackedTooLarge);
  expect(await unpackBatch(codec, packed, 8 * 1_048_576)).toHaveLength(ZEROS.length);
});

test('a Snappy block that names a length of gigabytes costs no memory', async () => {
  const lying = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]);
  await expect(unpackBatch(SNAPPY, lying)).rejects.toBeInstanceOf(UnpackedTooLarge);
  expect(UNPACKED_BYTES_MAX).toBeLessThan(2 ** 32);
});

test.each([
  ['gzip', GZIP, gzipSync(ROWS)],
  ['raw Snappy', SNAPPY, snappy(ROWS)],
  ["snappy-java's framing", SNAPPY, xerial(ROWS, 1_000)],
  ['LZ4', LZ4, compressFrameSync(ROWS)],
  ['Zstandard', ZSTD, ZEROS_ZSTD],
])('a batch of %s that is cut off is an error and no shorter batch', async (_, codec, packed) => {
  for (const kept of [0, 1, 3, 7, Math.floor(packed.length / 2), packed.length - 1]) {
    await expect(unpackBatch(codec, packed.subarray(0, kept))).rejects.toThrow();
  }
});

test('a codec number that Kafka has not given away is an error', async () => {
  await expect(unpackBatch(5, ROWS)).rejects.toThrow('there is no codec 5');
});

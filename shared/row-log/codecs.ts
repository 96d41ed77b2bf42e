import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/**
 * Bytes that one batch may hold once it is unpacked. Brokers take batches of 1 MiB by default, and rows as JSON shrink to
 * a thirtieth at best, so honest batches stay below.
 */
export const UNPACKED_BYTES_MAX = 64 * 1_048_576;

/** The batch holds more than `UNPACKED_BYTES_MAX` once it is unpacked. */
export class UnpackedTooLarge extends Error {
  constructor() {
    super(`the batch holds more than ${UNPACKED_BYTES_MAX} bytes once it is unpacked`);
    this.name = 'UnpackedTooLarge';
  }
}

type Unpack = (packed: Uint8Array, bytesMax: number) => Promise<Uint8Array>;

/** By the lowest three bits of a batch's attributes; 0 stands for a batch that is not packed. */
const UNPACKERS: Readonly<Record<number, Unpack>> = {
  1: unpackGzip,
  2: unpackSnappy,
  3: unpackLz4,
  4: unpackZstd,
};

export const CODEC_BITS = 0x07;

/**
 * The records of a packed batch. No more than `bytesMax` bytes and a block of the codec (4 MiB at most) are ever
 * unpacked. Throws `UnpackedTooLarge` above that bound, and an error of the codec for a codec number or bytes that it
 * does not know.
 */
export async function unpackBatch(
  codec: number,
  packed: Uint8Array,
  bytesMax = UNPACKED_BYTES_MAX,
): Promise<Buffer> {
  const unpack = UNPACKERS[codec];
  if (unpack === undefined) throw new Error(`there is no codec ${codec}`);
  const bytes = await unpack(packed, bytesMax);
  if (bytes.length > bytesMax) throw new UnpackedTooLarge();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

const gunzipAll = promisify(gunzip);

async function unpackGzip(packed: Uint8Array, bytesMax: number): Promise<Uint8Array> {
  try {
    return await gunzipAll(packed, { maxOutputLength: bytesMax });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? new UnpackedTooLarge() : error;
  }
}

/** The first bytes of snappy-java's framing; librdkafka and franz-go send one raw block instead. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** Behind the magic bytes stand two version numbers of four bytes each. */
const XERIAL_HEAD_BYTES = 16;

/** Raw Snappy, or the framing of snappy-java: after its head, blocks that follow their length as an unsigned 32-bit number. */
async function unpackSnappy(packed: Uint8Array, bytesMax: number): Promise<Uint8Array> {
  const { uncompress } = await import('snappy');
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
  const unpack = (block: Uint8Array, leftMax: number) => {
    if (snappyLength(block) > leftMax) throw new UnpackedTooLarge();
    return uncompress(block, { asBuffer: true }) as Promise<Buffer>;
  };
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return unpack(packed, bytesMax);
  const blocks: Uint8Array[] = [];
  let unpackedBytes = 0;
  let at = XERIAL_HEAD_BYTES;
  while (at < bytes.length) {
    const begin = at + 4;
    const end = begin + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new Error('a Snappy block is longer than its batch');
    const block = await unpack(packed.subarray(begin, end), bytesMax - unpackedBytes);
    unpackedBytes += block.length;
    blocks.push(block);
    at = end;
  }
  return Buffer.concat(blocks, unpackedBytes);
}

/** The unpacked length stands before a raw Snappy block as a variable-length number; NaN when that does not end. */
function snappyLength(block: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < 5 && i < block.length; i++) {
    const byte = block[i]!;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length;
  }
  return Number.NaN;
}

async function unpackLz4(packed: Uint8Array, bytesMax: number): Promise<Uint8Array> {
  if (lz4BytesMax(Buffer.from(packed.buffer, packed.byteOffset, packed.length)) > bytesMax)
    throw new UnpackedTooLarge();
  const { decompressFrame } = await import('lz4-napi');
  return decompressFrame(packed);
}

const LZ4_MAGIC = 0x184d2204;
const LZ4_HAS_BLOCK_CHECKSUMS = 0x10;
const LZ4_HAS_CONTENT_SIZE = 0x08;
const LZ4_HAS_DICTIONARY = 0x01;
const LZ4_NOT_PACKED = 0x80000000;
/** A byte of LZ4 stands for 255 at most. */
const LZ4_RATIO_MAX = 255;

/** An upper bound of what an LZ4 frame unpacks to, by the lengths of its blocks (LZ4 Frame Format 1.6.1). */
function lz4BytesMax(frame: Buffer): number {
  if (frame.readUInt32LE(0) !== LZ4_MAGIC) throw new Error('not an LZ4 frame');
  const flags = frame[4]!;
  /** 64 KiB, 256 KiB, 1 MiB or 4 MiB. */
  const blockBytesMax = 2 ** (8 + 2 * ((frame[5]! >> 4) & 0x07));
  const checksumBytes = (flags & LZ4_HAS_BLOCK_CHECKSUMS) === 0 ? 0 : 4;
  let at = 7 + ((flags & LZ4_HAS_CONTENT_SIZE) === 0 ? 0 : 8) + ((flags & LZ4_HAS_DICTIONARY) === 0 ? 0 : 4);
  let total = 0;
  for (let size = frame.readUInt32LE(at); size !== 0; size = frame.readUInt32LE(at)) {
    const blockBytes = size >= LZ4_NOT_PACKED ? size - LZ4_NOT_PACKED : size;
    total += size >= LZ4_NOT_PACKED ? blockBytes : Math.min(blockBytesMax, blockBytes * LZ4_RATIO_MAX);
    at += 4 + blockBytes + checksumBytes;
  }
  return total;
}

/** Node has Zstandard of its own from 22.15 on; this one runs on Node 20 too, and gives each block of 128 KiB as it comes. */
async function unpackZstd(packed: Uint8Array, bytesMax: number): Promise<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const blocks: Uint8Array[] = [];
  let unpackedBytes = 0;
  let isWhole = false;
  const stream = new Decompress((block, isLast) => {
    unpackedBytes += block.length;
    if (unpackedBytes > bytesMax) throw new UnpackedTooLarge();
    blocks.push(block);
    if (isLast === true) isWhole = true;
  });
  stream.push(packed, true);
  if (!isWhole || packed.length === 0) throw new Error('the Zstandard frame is cut off');
  return Buffer.concat(blocks, unpackedBytes);
}

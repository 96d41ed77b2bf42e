import { crc32c } from '@node-rs/crc32';
import type { IHeaders } from 'kafkajs';
import { AlderError } from '../../../errors';
import { CODEC_BITS, UnpackedTooLarge, unpackBatch } from '../../codecs';
import { ByteReader } from './byte-reader';

/** One record of a fetch. Offsets and times are numbers, or decimal text where kafkajs decoded the answer. */
export interface FetchedRecord {
  readonly offset: string | number;
  readonly timestamp: string | number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: IHeaders;
  readonly isControlRecord?: boolean;
  /** The record batch that held it; older message formats have none. */
  readonly batchContext?: {
    readonly firstOffset: string | number;
    readonly lastOffsetDelta: number;
    readonly producerId: string;
    readonly inTransaction: boolean;
  };
}

/** Magic number of the record batches that brokers have written since 0.11. */
const MAGIC = 2;
const MAGIC_AT = 16;
const LENGTH_AT = 8;
/** The length counts the bytes behind itself. */
const LENGTH_END = 12;
const HEAD_BYTES = 61;

const CHECKSUM_AT = 17;
/** The checksum covers everything from the attributes on. */
const CHECKSUM_END = 21;
/** gzip, Snappy, LZ4 and Zstandard; the numbers above them are not given away yet. */
const LAST_CODEC = 4;
const LOG_APPEND_TIME = 0x08;
const IN_TRANSACTION = 0x10;
const IS_CONTROL = 0x20;

/**
 * Decodes a fetch's record batches. The records equal those of kafkajs' decoder, with numbers for offsets and times;
 * kafkajs makes several objects a record, which takes longer than everything else that happens to a row. A batch that is
 * cut off at the end is left out, since brokers cut an answer at its bound.
 *
 * The CRC32C of every batch is compared first, since a broker does not check the bytes on its disk again. Throws
 * `log-damaged` when the checksum differs or a batch cannot be unpacked, `batch-too-large` above the bound of
 * `unpackBatch`, `codec-missing` for an unknown codec. Gives null for an older format: kafkajs then decodes the bytes.
 */
export async function decodeRecordBatches(
  bytes: Buffer,
  where: { readonly topic: string; readonly partition: number },
): Promise<FetchedRecord[] | null> {
  const records: FetchedRecord[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const end = at + LENGTH_END + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length) break;
    if (bytes[at + MAGIC_AT] !== MAGIC || end < at + HEAD_BYTES) return null;
    if (crc32c(bytes.subarray(at + CHECKSUM_END, end)) !== bytes.readUInt32BE(at + CHECKSUM_AT))
      throw damaged('does not have the checksum that it names', {
        ...where,
        offset: firstOffsetAt(bytes, at),
      });
    const reader = new ByteReader(bytes, at, end);
    const batch = readHead(reader);
    const codec = batch.attributes & CODEC_BITS;
    if (codec > LAST_CODEC) throw codecMissing(codec, { ...where, offset: batch.firstOffset });
    const body =
      codec === 0 ? reader : await unpacked(codec, reader, { ...where, offset: batch.firstOffset });
    if (reader.isBad || batch.count < 0 || !readRecords(body, batch, records)) return null;
    at = end;
  }
  return records;
}

interface BatchPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

function firstOffsetAt(bytes: Buffer, at: number): number {
  return Number(bytes.readBigInt64BE(at));
}

function damaged(fault: string, { topic, partition, offset }: BatchPlace, cause?: unknown): AlderError {
  return new AlderError(
    'log-damaged',
    `kafka: the batch at offset ${offset} of partition ${partition} of ${topic} ${fault}`,
    {
      hint: 'its bytes changed after the producer wrote them; restore the partition from a replica or a backup',
      fields: { topic, partition, offset },
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

interface Batch {
  readonly firstOffset: number;
  readonly attributes: number;
  readonly lastOffsetDelta: number;
  readonly firstTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: string;
  readonly count: number;
}

function readHead(reader: ByteReader): Batch {
  const firstOffset = reader.int64();
  // Length, leader's epoch, magic number, checksum.
  reader.skip(4 + 4 + 1 + 4);
  const attributes = reader.int16();
  const lastOffsetDelta = reader.int32();
  const firstTimestamp = reader.int64();
  const maxTimestamp = reader.int64();
  const producerId = reader.int64Text();
  // The producer's epoch and its first sequence number.
  reader.skip(2 + 4);
  const count = reader.int32();
  return { firstOffset, attributes, lastOffsetDelta, firstTimestamp, maxTimestamp, producerId, count };
}

function codecMissing(codec: number, { topic, partition, offset }: BatchPlace): AlderError {
  return new AlderError(
    'codec-missing',
    `kafka: the batch at offset ${offset} of partition ${partition} of ${topic} is packed by codec ${codec}, which is not known here`,
    {
      hint: 'this build reads uncompressed, gzip, snappy, lz4 and zstd batches',
      fields: { topic, partition, offset, codec },
    },
  );
}

async function unpacked(codec: number, reader: ByteReader, place: BatchPlace): Promise<ByteReader> {
  try {
    return new ByteReader(await unpackBatch(codec, reader.bytes.subarray(reader.at, reader.end)));
  } catch (error) {
    if (!(error instanceof UnpackedTooLarge)) throw damaged('cannot be unpacked', place, error);
    const { topic, partition, offset } = place;
    throw new AlderError(
      'batch-too-large',
      `kafka: the batch at offset ${offset} of partition ${partition} of ${topic} cannot be read: ${error.message}`,
      {
        hint: 'lower batch.size of its producer, and begin another model behind that batch',
        fields: { topic, partition, offset },
        cause: error,
      },
    );
  }
}

/** Adds the records of a batch; false when a length contradicts the bytes. */
function readRecords(reader: ByteReader, batch: Batch, records: FetchedRecord[]): boolean {
  const { attributes, firstOffset, lastOffsetDelta, producerId, firstTimestamp, count } = batch;
  const inTransaction = (attributes & IN_TRANSACTION) !== 0;
  const isControlRecord = (attributes & IS_CONTROL) !== 0;
  const sameTimestamp = (attributes & LOG_APPEND_TIME) !== 0 ? batch.maxTimestamp : null;
  const batchContext = { firstOffset, lastOffsetDelta, producerId, inTransaction };
  for (let i = 0; i < count; i++) {
    const length = reader.varInt();
    const recordEnd = reader.at + length;
    reader.skip(1);
    const sinceFirst = reader.varLong();
    const timestamp = sameTimestamp ?? firstTimestamp + sinceFirst;
    const offset = firstOffset + reader.varInt();
    const key = reader.view(reader.varInt());
    const value = reader.view(reader.varInt());
    const headerCount = reader.varInt();
    const headers = headerCount === 0 ? NO_HEADERS : readHeaders(reader, headerCount);
    const isWhole = headerCount >= 0 && reader.at <= recordEnd && recordEnd <= reader.end;
    if (reader.isBad || !isWhole) return false;
    reader.at = recordEnd;
    records.push({ offset, timestamp, key, value, headers, isControlRecord, batchContext });
  }
  return true;
}

const NO_HEADERS: IHeaders = {};

/** The values of a repeated name form a list. */
function readHeaders(reader: ByteReader, count: number): IHeaders {
  const values = new Map<string, Buffer | null | (Buffer | null)[]>();
  for (let i = 0; i < count && !reader.isBad; i++) {
    const name = reader.text(reader.varInt());
    const value = reader.view(reader.varInt());
    const before = values.get(name);
    if (before === undefined) values.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else values.set(name, [before, value]);
  }
  // IHeaders describes headers to send, whose values cannot be null.
  return Object.fromEntries(values) as IHeaders;
}

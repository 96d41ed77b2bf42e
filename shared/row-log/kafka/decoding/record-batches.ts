import { CompressionCodecs, type IHeaders } from 'kafkajs';
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

/** Codecs by the lowest bits of a batch's attributes; kafkajs lets a program register more. */
const CODECS: Readonly<Record<number, (() => Codec) | undefined>> = CompressionCodecs;
const CODEC_BITS = 0x07;
const LOG_APPEND_TIME = 0x08;
const IN_TRANSACTION = 0x10;
const IS_CONTROL = 0x20;

/**
 * Decodes a fetch's record batches. The records equal those of kafkajs' decoder, with numbers for offsets and times;
 * kafkajs makes several objects a record, which takes longer than everything else that happens to a row. A batch that is
 * cut off at the end is left out, since brokers cut an answer at its bound. Checksums are not compared, as in kafkajs.
 *
 * Gives null for an older format and for damage: kafkajs then decodes the same bytes and names the error. Throws
 * kafkajs' error for a missing codec.
 */
export async function decodeRecordBatches(bytes: Buffer): Promise<FetchedRecord[] | null> {
  const records: FetchedRecord[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const end = at + LENGTH_END + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length) break;
    if (bytes[at + MAGIC_AT] !== MAGIC || end < at + HEAD_BYTES) return null;
    const reader = new ByteReader(bytes, at, end);
    const batch = readHead(reader);
    const body = await uncompressed(batch.attributes, reader);
    if (reader.isBad || batch.count < 0 || !readRecords(body, batch, records)) return null;
    at = end;
  }
  return records;
}

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
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

async function uncompressed(attributes: number, reader: ByteReader): Promise<ByteReader> {
  const codec = CODECS[attributes & CODEC_BITS];
  if (codec === undefined || reader.isBad) return reader;
  return new ByteReader(await codec().decompress(reader.bytes.subarray(reader.at, reader.end)));
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

import { crc32c } from '@node-rs/crc32';
import fc from 'fast-check';
import { compressFrameSync } from 'lz4-napi';
import { compressSync as snappySync } from 'snappy';
import type { KafkaBroker, KafkaCall } from '../../../../shared/row-log/kafka/client-internals/cluster';
import { withOwnDecoder } from '../../../../shared/row-log/kafka/client-internals/own-decoder';
import type { FetchAnswer } from '../../../../shared/row-log/kafka/decoding/fetch-answer';
import { decodeFetchAnswer } from '../../../../shared/row-log/kafka/decoding/fetch-answer';

interface Encoder {
  readonly buffer: Buffer;
  writeInt8(value: number): Encoder;
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeInt64(value: string | number): Encoder;
  writeString(text: string): Encoder;
  writeBuffer(bytes: Buffer): Encoder;
}
const EncoderClass = require('kafkajs/src/protocol/encoder.js') as new () => Encoder;
const Long = require('kafkajs/src/utils/long.js') as { fromValue(value: string | number): unknown };
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
  of: object,
) => Encoder;
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch(of: object): Promise<Encoder>;
};
const theirs = require('kafkajs/src/protocol/requests/fetch/v11/response.js') as KafkaCall['response'];

const CHECKSUM_AT = 17;
const CHECKSUM_END = 21;

interface RecordPlan {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, string | string[]>;
}
interface BatchPlan {
  readonly firstOffset: number;
  readonly firstTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: string;
  readonly transactional: boolean;
  /** Bits of the attributes that kafkajs' encoder never sets. */
  readonly isControl: boolean;
  readonly isLogAppendTime: boolean;
  readonly isCompressed: boolean;
  readonly records: readonly RecordPlan[];
}
interface PartitionPlan {
  readonly partition: number;
  readonly errorCode: number;
  readonly aborted: readonly (readonly [producerId: string, firstOffset: string])[] | null;
  readonly batches: readonly BatchPlan[];
  /** How many bytes are missing at the end, as a broker cuts an answer. */
  readonly cut: number;
}

const bytes = fc.option(fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)));
const delta = fc.oneof(fc.nat(100), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const record: fc.Arbitrary<RecordPlan> = fc.record({
  offsetDelta: fc.oneof(fc.nat(100), fc.nat(2 ** 31 - 1)),
  timestampDelta: fc.oneof(delta, fc.integer({ min: -(2 ** 45), max: 2 ** 45 })),
  key: bytes,
  value: bytes,
  headers: fc.dictionary(
    fc.string({ unit: 'grapheme' }),
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.string(), { minLength: 2, maxLength: 3 })),
    { maxKeys: 3, noNullPrototype: true },
  ),
});
const batch: fc.Arbitrary<BatchPlan> = fc.record({
  firstOffset: fc.oneof(fc.nat(1_000), fc.nat(2 ** 50)),
  firstTimestamp: fc.integer({ min: -1, max: 2 ** 45 }),
  maxTimestamp: fc.integer({ min: -1, max: 2 ** 45 }),
  producerId: fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }).map(String),
  transactional: fc.boolean(),
  isControl: fc.boolean(),
  isLogAppendTime: fc.boolean(),
  isCompressed: fc.boolean(),
  records: fc.array(record, { maxLength: 5 }),
});
const partition: fc.Arbitrary<PartitionPlan> = fc.record({
  partition: fc.nat(50),
  errorCode: fc.constantFrom(0, 0, 1, 6),
  aborted: fc.option(fc.array(fc.tuple(fc.nat().map(String), fc.nat().map(String)), { maxLength: 3 })),
  batches: fc.array(batch, { maxLength: 3 }),
  cut: fc.oneof(fc.constant(0), fc.nat(120)),
});

async function encodedBatch(plan: BatchPlan): Promise<Buffer> {
  const { buffer } = await RecordBatch({
    compression: plan.isCompressed ? 1 : 0,
    firstOffset: Long.fromValue(plan.firstOffset),
    firstTimestamp: plan.firstTimestamp,
    maxTimestamp: plan.maxTimestamp,
    lastOffsetDelta: plan.records.length,
    transactional: plan.transactional,
    producerId: plan.producerId,
    records: plan.records.map((each) => encodeRecord(each)),
  });
  const ATTRIBUTES_LOW_BYTE = 22;
  if (plan.isLogAppendTime) buffer[ATTRIBUTES_LOW_BYTE]! |= 0x08;
  if (plan.isControl) buffer[ATTRIBUTES_LOW_BYTE]! |= 0x20;
  return withChecksum(Buffer.from(buffer));
}

/** The batch with the checksum that fits its bytes. */
function withChecksum(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(CHECKSUM_END)), CHECKSUM_AT);
  return batch;
}

async function encodedAnswer(throttleMs: number, plans: readonly PartitionPlan[]): Promise<Buffer> {
  const answer = new EncoderClass().writeInt32(throttleMs).writeInt16(0).writeInt32(0);
  answer.writeInt32(1).writeString('a-töpic').writeInt32(plans.length);
  for (const plan of plans) {
    answer.writeInt32(plan.partition).writeInt16(plan.errorCode);
    answer.writeInt64(7).writeInt64(7).writeInt64(0);
    answer.writeInt32(plan.aborted === null ? -1 : plan.aborted.length);
    for (const [producerId, firstOffset] of plan.aborted ?? []) {
      answer.writeInt64(producerId).writeInt64(firstOffset);
    }
    const whole = Buffer.concat(await Promise.all(plan.batches.map(encodedBatch)));
    // kafkajs fails on an answer that is cut off before the first magic number; no broker sends one.
    const left = whole.length - plan.cut;
    const records = whole.subarray(0, left > 16 ? left : 0);
    answer.writeInt32(-1).writeInt32(records.length).writeBuffer(records);
  }
  return Buffer.from(answer.buffer);
}

/** The fields of an answer that Alder reads, with offsets and times as text. */
function readable({ clientSideThrottleTime, responses }: FetchAnswer) {
  return {
    clientSideThrottleTime,
    responses: responses.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ partition, errorCode, abortedTransactions, messages }) => ({
        partition,
        errorCode,
        abortedTransactions,
        messages: messages.map(
          ({ offset, timestamp, key, value, headers, isControlRecord, batchContext }) => ({
            offset: String(offset),
            timestamp: String(timestamp),
            key: key === null ? null : key.toString('hex'),
            value: value === null ? null : value.toString('hex'),
            headers: Object.entries(headers!),
            isControlRecord,
            firstOffset: String(batchContext!.firstOffset),
            lastOffsetDelta: batchContext!.lastOffsetDelta,
            producerId: batchContext!.producerId,
            inTransaction: batchContext!.inTransaction,
          }),
        ),
      })),
    })),
  };
}

const plain = (changes: Partial<BatchPlan> = {}, records = [{}]): BatchPlan => ({
  firstOffset: 5,
  firstTimestamp: 1_000,
  maxTimestamp: 2_000,
  producerId: '-1',
  transactional: false,
  isControl: false,
  isLogAppendTime: false,
  isCompressed: false,
  records: records.map((each, i) => ({
    offsetDelta: i,
    timestampDelta: i,
    key: null,
    value: Buffer.from(`row ${i}`),
    headers: {},
    ...each,
  })),
  ...changes,
});
const answerOf = (batches: readonly BatchPlan[], cut = 0) =>
  encodedAnswer(0, [{ partition: 0, errorCode: 0, aborted: [], batches, cut }]);

test('every answer equals the one that kafkajs decodes from the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1_000), fc.array(partition, { maxLength: 3 }), async (throttleMs, plans) => {
      const answer = await encodedAnswer(throttleMs, plans);
      const ours = await decodeFetchAnswer(answer);
      expect(ours).not.toBeNull();
      expect(readable(ours!)).toEqual(readable(await theirs.decode(answer)));
    }),
    { seed: 17, numRuns: 300 },
  );
});

test('records of one batch come with their offsets, times and bytes', async () => {
  const records = [{}, { key: Buffer.from('k'), headers: { name: ['one', 'two'] }, timestampDelta: -3 }];
  const answer = await answerOf([plain({}, records)]);
  const [first, second] = (await decodeFetchAnswer(answer))!.responses[0]!.partitions[0]!.messages;
  expect([first!.offset, first!.timestamp, String(first!.value)]).toEqual([5, 1_000, 'row 0']);
  expect([second!.offset, second!.timestamp, String(second!.key)]).toEqual([6, 997, 'k']);
  expect(second!.headers).toEqual({ name: [Buffer.from('one'), Buffer.from('two')] });
});

test('changed bytes are never decoded otherwise than by kafkajs', async () => {
  const answer = await answerOf([
    plain({}, [{}, { headers: { a: 'b' } }]),
    plain({ firstOffset: 9, isCompressed: false }),
  ]);
  const isDamaged = (text: unknown) => String(text).includes('does not have the checksum');
  await fc.assert(
    fc.asyncProperty(fc.nat(answer.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const changed = Buffer.from(answer);
      changed[at]! ^= flip;
      const asText = (error: unknown) => String(error);
      const ours = await decodeFetchAnswer(changed).then((found) => found && readable(found), asText);
      if (ours !== null && !isDamaged(ours))
        expect(ours).toEqual(await theirs.decode(changed).then(readable, asText));
    }),
    { seed: 23, numRuns: 1_500 },
  );
});

describe('answers that are left to kafkajs', () => {
  test('a record batch of another format is left to kafkajs', async () => {
    const batch = await encodedBatch(plain());
    const answer = await answerOf([plain()]);
    const at = answer.length - batch.length;
    answer[at + 16] = 1;
    expect(await decodeFetchAnswer(answer)).toBeNull();
  });

  test('an answer that ends too early is left to kafkajs', async () => {
    const answer = await answerOf([plain()]);
    for (let length = 0; length < answer.length; length++) {
      expect(await decodeFetchAnswer(answer.subarray(0, length))).toBeNull();
    }
  });

  test('an offset or a time beyond 2^53 is left to kafkajs', async () => {
    for (const field of ['firstOffset', 'firstTimestamp'] as const) {
      expect(
        await decodeFetchAnswer(await answerOf([plain({ [field]: '9007199254740993' as never })])),
      ).toBeNull();
    }
  });
});

test('one changed bit below the checksum is an error that names topic, partition and offset', async () => {
  const batch = await encodedBatch(plain());
  const answer = await answerOf([plain()]);
  const begin = answer.length - batch.length;
  for (let at = begin + CHECKSUM_AT; at < answer.length; at++) {
    const changed = Buffer.from(answer);
    changed[at]! ^= 0x10;
    await expect(decodeFetchAnswer(changed)).rejects.toMatchObject({
      code: 'log-damaged',
      canRetry: false,
      fields: { topic: 'a-töpic', partition: 0, offset: 5 },
    });
  }
});

test('a codec number that Kafka has not given away is an error that names it', async () => {
  const batch = await encodedBatch(plain());
  const answer = await answerOf([plain()]);
  batch[22]! |= 5;
  withChecksum(batch).copy(answer, answer.length - batch.length);
  await expect(decodeFetchAnswer(answer)).rejects.toMatchObject({
    code: 'codec-missing',
    fields: { topic: 'a-töpic', partition: 0, offset: 5, codec: 5 },
  });
});

test.each([
  ['snappy', 2, snappySync],
  ['lz4', 3, compressFrameSync],
])(
  'a batch that is packed by %s comes out with the rows of the same batch unpacked',
  async (_, codec, pack) => {
    const batch = await encodedBatch(plain());
    const RECORDS_AT = 61;
    const packed = Buffer.concat([batch.subarray(0, RECORDS_AT), pack(batch.subarray(RECORDS_AT))]);
    packed[22]! |= codec;
    packed.writeInt32BE(packed.length - 12, 8);
    const answer = await answerOf([plain()]);
    const head = Buffer.from(answer.subarray(0, answer.length - batch.length));
    head.writeInt32BE(packed.length, head.length - 4);
    const read = await decodeFetchAnswer(Buffer.concat([head, withChecksum(packed)]));
    expect(readable(read!)).toEqual(readable((await decodeFetchAnswer(answer))!));
  },
);

describe('a broker with our decoder', () => {
  const options = { topics: [] };
  function brokerOf(apiVersion: number, answer: Buffer) {
    const decoded: Buffer[] = [];
    const response = {
      decode: async (bytes: Buffer) => {
        decoded.push(bytes);
        return { responses: [] };
      },
      parse: async (found: FetchAnswer) => found,
    };
    const call = { request: { apiVersion }, response };
    const broker = {
      lookupRequest: () => () => call,
      async fetch(this: KafkaBroker) {
        const { response: ours } = this.lookupRequest(1, {})(options);
        return ours.parse(await ours.decode(answer));
      },
    };
    return { broker: withOwnDecoder(broker as unknown as KafkaBroker), decoded };
  }

  test('an answer of version 11 is decoded by Alder', async () => {
    const { broker, decoded } = brokerOf(11, await answerOf([plain()]));
    expect((await broker.fetch(options as never)).responses).toHaveLength(1);
    expect(decoded).toHaveLength(0);
  });

  test('any other version, and bytes that Alder does not know, are decoded by kafkajs', async () => {
    const old = brokerOf(4, await answerOf([plain()]));
    expect((await old.broker.fetch(options as never)).responses).toHaveLength(0);
    const odd = brokerOf(11, Buffer.from('odd'));
    expect((await odd.broker.fetch(options as never)).responses).toHaveLength(0);
    expect([old.decoded.length, odd.decoded.length]).toEqual([1, 1]);
  });
});

test("kafkajs' fetch asks lookupRequest for its call, in version 11 at most", async () => {
  const Broker = require('kafkajs/src/broker') as { prototype: { fetch(request: object): Promise<unknown> } };
  const asked: { apiKey: number; versions: string[] }[] = [];
  const sent: unknown[] = [];
  const broker = {
    lookupRequest(apiKey: number, { versions }: { versions: string[] }) {
      asked.push({ apiKey, versions });
      return (options: unknown) => ({ request: { apiVersion: 11 }, options });
    },
    sendRequest: async (call: unknown) => void sent.push(call),
  };
  for (const name of Object.getOwnPropertySymbols(Broker.prototype)) {
    Object.defineProperty(broker, name, { value: broker.sendRequest });
  }
  await Broker.prototype.fetch.call(broker, { topics: [{ topic: 't', partitions: [] }] });
  expect(asked).toMatchObject([{ apiKey: 1 }]);
  expect(asked[0]!.versions.at(-1)).toBe('11');
  expect(sent).toHaveLength(1);
});

import { ByteReader } from './byte-reader';
import type { AbortedTransaction, FetchAnswer, FetchedPartition, KafkaBroker, KafkaCall } from './internals';
import { decodeRecordBatches } from './record-batches';

/** The one version whose answer is read here; brokers since 2.3 know it, and kafkajs asks for none above. */
const FETCH_VERSION = 11;

/**
 * The same broker with its fetches decoded by us, and by kafkajs where we find anything unknown. Connection, retries,
 * errors and timeouts stay kafkajs': only how the bytes of an answer become records is another.
 */
export function withQuickFetch(broker: KafkaBroker): KafkaBroker {
  const lookupRequest: KafkaBroker['lookupRequest'] = (apiKey, definition) => {
    const make = broker.lookupRequest(apiKey, definition);
    return (options) => quick(make(options));
  };
  return Object.create(broker, { lookupRequest: { value: lookupRequest } }) as KafkaBroker;
}

function quick(call: KafkaCall): KafkaCall {
  const { request, response } = call;
  if (request.apiVersion !== FETCH_VERSION) return call;
  const decode = async (answer: Buffer) => (await decodeFetchAnswer(answer)) ?? response.decode(answer);
  return { ...call, response: { ...response, decode } };
}

/**
 * The answer to a fetch of version 11, without the fields that nobody here reads. Null where it is not as expected.
 * Throws what a codec throws.
 */
export async function decodeFetchAnswer(answer: Buffer): Promise<FetchAnswer | null> {
  const reader = new ByteReader(answer);
  const clientSideThrottleTime = reader.int32();
  // Error and session of an incremental fetch, which this is not.
  reader.skip(2 + 4);
  const responses: { topicName: string; partitions: FetchedPartition[] }[] = [];
  const topicCount = reader.int32();
  if (topicCount < 0) return null;
  for (let i = 0; i < topicCount; i++) {
    const topicName = reader.text(reader.int16());
    const partitionCount = reader.int32();
    if (reader.isBad || partitionCount < 0) return null;
    const partitions: FetchedPartition[] = [];
    for (let j = 0; j < partitionCount; j++) {
      const partition = await readPartition(reader, topicName);
      if (partition === null) return null;
      partitions.push(partition);
    }
    responses.push({ topicName, partitions });
  }
  return reader.isBad ? null : { clientSideThrottleTime, responses };
}

async function readPartition(reader: ByteReader, topic: string): Promise<FetchedPartition | null> {
  const partition = reader.int32();
  const errorCode = reader.int16();
  // High watermark, last stable offset, where the log begins.
  reader.skip(3 * 8);
  const abortedTransactions: AbortedTransaction[] = [];
  const abortedCount = reader.int32();
  // −1 stands for none as well.
  if (abortedCount < -1) return null;
  for (let i = 0; i < abortedCount && !reader.isBad; i++) {
    abortedTransactions.push({ producerId: reader.int64Text(), firstOffset: reader.int64Text() });
  }
  // The replica that the broker would rather be read from.
  reader.skip(4);
  const size = reader.int32();
  const batches = size > 0 ? reader.view(size) : null;
  const messages = batches === null ? [] : await decodeRecordBatches(batches, { topic, partition });
  if (reader.isBad || messages === null) return null;
  return { partition, errorCode, abortedTransactions, messages };
}

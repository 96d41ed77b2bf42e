import { ByteReader } from './byte-reader';
import { decodeRecordBatches, type FetchedRecord } from './record-batches';

/** The answer to a fetch. */
export interface FetchAnswer {
  readonly responses: readonly { readonly topicName: string; readonly partitions: FetchedPartition[] }[];
  /** For how many ms the broker asks not to be called. */
  readonly clientSideThrottleTime?: number;
}

/** One partition of an answer. Record batches come whole, so the first records may lie below the asked offset. */
export interface FetchedPartition {
  readonly partition: number;
  /** 0 for none. */
  readonly errorCode?: number;
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
  readonly messages: readonly FetchedRecord[];
}

/** A producer whose transaction, begun at `firstOffset`, was aborted. Both are decimal text. */
export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/**
 * Decodes the answer to a fetch of version 11, without the fields that Alder does not read. Gives null for bytes that
 * it does not know. Throws the error of a codec.
 */
export async function decodeFetchAnswer(answer: Buffer): Promise<FetchAnswer | null> {
  const reader = new ByteReader(answer);
  const clientSideThrottleTime = reader.int32();
  // Error and session: only incremental fetches use them.
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
  // High watermark, last stable offset, log start offset.
  reader.skip(3 * 8);
  const abortedTransactions: AbortedTransaction[] = [];
  const abortedCount = reader.int32();
  // −1 stands for none.
  if (abortedCount < -1) return null;
  for (let i = 0; i < abortedCount && !reader.isBad; i++) {
    abortedTransactions.push({ producerId: reader.int64Text(), firstOffset: reader.int64Text() });
  }
  // The preferred read replica.
  reader.skip(4);
  const size = reader.int32();
  const batches = size > 0 ? reader.view(size) : null;
  const messages = batches === null ? [] : await decodeRecordBatches(batches, { topic, partition });
  if (reader.isBad || messages === null) return null;
  return { partition, errorCode, abortedTransactions, messages };
}

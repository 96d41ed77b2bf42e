import type { Kafka } from 'kafkajs';
import type { FetchAnswer } from '../decoding/fetch-answer';

/**
 * The part of kafkajs' inner cluster that this folder calls. Its public consumer needs a group, and on an offset out of
 * range or a deleted topic it moves to another offset in silence; the cluster's plain fetch throws.
 */
export interface KafkaCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { partitionId: number; leader: number }[];
  findBroker(node: { nodeId: string }): Promise<KafkaBroker>;
  findGroupCoordinator(group: { groupId: string }): Promise<KafkaBroker>;
  fetchTopicsOffset(
    topics: { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
  removeBroker(address: { host: string; port: number }): void;
  /** Absent from kafkajs' types. Only the pool knows the address of a broker that no longer answers. */
  readonly brokerPool: { readonly brokers: Readonly<Record<string, PooledBroker | undefined>> };
}

export interface KafkaBroker {
  fetch(request: FetchRequest): Promise<FetchAnswer>;
  /** Absent from kafkajs' types. Gives the maker of a call in the newest version that both sides know; `fetch` uses it. */
  lookupRequest(apiKey: number, definition: unknown): (options: unknown) => KafkaCall;
  offsetCommit(request: OffsetCommitRequest): Promise<unknown>;
  offsetFetch(
    request: OffsetFetchRequest,
  ): Promise<{ responses: { topic: string; partitions: CommittedOffset[] }[] }>;
}

/** A request and the reader of its answer: `decode` turns bytes into an object, `parse` throws the errors in it. */
export interface KafkaCall {
  readonly request: { readonly apiVersion: number };
  readonly response: {
    decode(answer: Buffer): Promise<FetchAnswer>;
    parse(decoded: FetchAnswer): Promise<FetchAnswer>;
  };
}

export interface PooledBroker {
  readonly connectionPool: { readonly host: string; readonly port: number };
  disconnect(): Promise<void>;
}

export interface FetchRequest {
  readonly topics: { topic: string; partitions: FetchRequestPartition[] }[];
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
}

export interface FetchRequestPartition {
  readonly partition: number;
  readonly fetchOffset: string;
  readonly maxBytes: number;
}

interface OffsetCommitRequest {
  readonly groupId: string;
  readonly groupGenerationId: number;
  readonly memberId: string;
  readonly retentionTime: number;
  readonly topics: { topic: string; partitions: { partition: number; offset: string; metadata: string }[] }[];
}

interface OffsetFetchRequest {
  readonly groupId: string;
  readonly topics: { topic: string; partitions: { partition: number }[] }[];
}

/** The offset that a group committed for a partition; "-1" and null metadata where it committed none. */
export interface CommittedOffset {
  readonly partition: number;
  readonly offset: string;
  readonly metadata: string | null;
}

/** After this time leaders are looked up again. Followers answer fetches too, so no error tells of a stale leader. */
const METADATA_AGE_MS_MAX = 10_000;

/**
 * The inner cluster of a client, not yet connected. kafkajs hands it to the partition assigners of a new consumer.
 * That consumer never runs, so its group never comes to exist.
 */
export function clusterOf(kafka: Kafka): KafkaCluster {
  const found: { cluster?: KafkaCluster } = {};
  kafka.consumer({
    groupId: 'alder-reads-without-a-group',
    metadataMaxAge: METADATA_AGE_MS_MAX,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        found.cluster = cluster as unknown as KafkaCluster;
        return {
          name: 'never-assigned',
          version: 1,
          assign: () => Promise.resolve([]),
          protocol: () => ({ name: 'never-assigned', metadata: Buffer.alloc(0) }),
        };
      },
    ],
  });
  if (found.cluster === undefined) throw new TypeError('kafkajs gave no cluster to the partition assigner');
  return found.cluster;
}

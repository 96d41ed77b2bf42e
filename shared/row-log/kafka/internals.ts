import type { IHeaders, Kafka } from 'kafkajs';

/**
 * What the adapter uses of kafkajs beyond its public clients, pinned to kafkajs 2.2.4: the cluster, which knows each
 * partition's leader, and a broker's plain fetch. The consumer built on top of them needs a group, and where an offset
 * is out of range or a topic is gone it says nothing and goes elsewhere; the fetch throws.
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
  /** Untyped in kafkajs; the only way to the address of a broker that no longer answers. */
  readonly brokerPool: { readonly brokers: Readonly<Record<string, PooledBroker | undefined>> };
}

export interface KafkaBroker {
  fetch(request: FetchRequest): Promise<FetchAnswer>;
  /** What makes a call of one kind, in the newest version that both sides know; `fetch` asks for it each time. */
  lookupRequest(apiKey: number, definition: unknown): (options: unknown) => KafkaCall;
  offsetCommit(request: OffsetCommitRequest): Promise<unknown>;
  offsetFetch(
    request: OffsetFetchRequest,
  ): Promise<{ responses: { topic: string; partitions: CommittedOffset[] }[] }>;
}

/** One call: what is sent, and how its answer is read. `decode` gets the bytes; `parse` throws the errors in them. */
export interface KafkaCall {
  readonly request: { readonly apiVersion: number };
  readonly response: {
    decode(answer: Buffer): Promise<FetchAnswer>;
    parse(decoded: FetchAnswer): Promise<FetchAnswer>;
  };
}

export interface FetchAnswer {
  readonly responses: readonly { readonly topicName: string; readonly partitions: FetchedPartition[] }[];
  /** How long the broker asks us to leave it alone, in ms. */
  readonly clientSideThrottleTime?: number;
}

export interface PooledBroker {
  readonly connectionPool: { readonly host: string; readonly port: number };
  disconnect(): Promise<void>;
}

interface FetchRequest {
  readonly topics: {
    topic: string;
    partitions: { partition: number; fetchOffset: string; maxBytes: number }[];
  }[];
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
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

/** What a group committed for a partition; an offset of "-1" and no metadata where it committed nothing. */
export interface CommittedOffset {
  readonly partition: number;
  readonly offset: string;
  readonly metadata: string | null;
}

/** One partition of a fetch's answer: whole record batches, so the first records may lie below the asked offset. */
export interface FetchedPartition {
  readonly partition: number;
  /** 0 for none. */
  readonly errorCode?: number;
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
  readonly messages: readonly FetchedRecord[];
}

/** A producer whose transaction, begun at `firstOffset`, was given up. Both are decimal text. */
export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/** Offsets and times are decimal text where kafkajs decoded them. */
export interface FetchedRecord {
  readonly offset: string | number;
  readonly timestamp: string | number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: IHeaders;
  readonly isControlRecord?: boolean;
  /** The record batch that it came in; older message formats have none. */
  readonly batchContext?: {
    readonly firstOffset: string | number;
    readonly lastOffsetDelta: number;
    readonly producerId: string;
    readonly inTransaction: boolean;
  };
}

/** How old the knowledge of partitions and leaders may grow: a follower answers fetches too, so nothing else would tell. */
const METADATA_AGE_MS_MAX = 10_000;

/**
 * The cluster of a client, not yet connected. kafkajs hands it to the factories of partition assigners when a consumer
 * is made; that consumer is never run, so its group never comes to exist.
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

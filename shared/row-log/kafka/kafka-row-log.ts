import type { Kafka, Producer, RetryOptions } from 'kafkajs';
import type { OperatingFault } from '../../errors';
import type { OffsetMirror } from '../offset-mirror';
import { type RowLog, rejectedTopic } from '../row-log';
import { createClient, type KafkaConnection, LONG_RETRY, SHORT_RETRY } from './client';
import { ClusterPool } from './cluster-pool';
import { clusterOf } from './internals';
import { KafkaRowLog } from './kafka-log';
import { kafkaOffsetMirror } from './kafka-offset-mirror';
import { type Notice, quietened } from './notices';
import { openTopics } from './open-topics';
import { TopicProducer } from './topic-producer';

export interface KafkaRowLogOptions extends KafkaConnection {
  readonly topic: string;
  /** Partitions of a topic that has to be made; one that exists keeps its own. */
  readonly partitions: number;
  /** The consumer group that lag tools look at; it never has a member. */
  readonly mirrorGroup: string;
  /** Trouble with the connection and its end, and what kafkajs logs, for logs. */
  readonly onNotice?: Notice;
  /** How long to wait for a cluster that does not answer yet; a minute by default. */
  readonly openTimeoutMs?: number;
}

const OPEN_TIMEOUT_MS = 60_000;

/**
 * The row log on a Kafka topic, and the mirror of its reader's offsets. Throws `log-unavailable` when no broker answers
 * in time, `topic-missing` when a topic is missing and may not be made, `log-forbidden`, `topic-compacted`.
 *
 * The process should end with an explicit exit after closing: kafkajs can leave a socket open after a broker restart.
 */
export async function openKafkaRowLog(
  options: KafkaRowLogOptions,
): Promise<{ log: RowLog; mirror: OffsetMirror }> {
  const { brokers, topic, partitions, mirrorGroup, openTimeoutMs = OPEN_TIMEOUT_MS } = options;
  const notice: Notice = options.onNotice ?? (() => undefined);
  // One for all clients: those that take one another's place have the same to say.
  const clientNotice = quietened(notice);
  let turn = 0;
  const client = (retry: RetryOptions) => createClient(options, retry, clientNotice, turn++);
  const needed = { brokers, topic, partitions, openTimeoutMs };
  const opened = await openTopics(() => client(SHORT_RETRY).admin(), needed, notice);
  const poolOf = (name: string) => new ClusterPool(name, () => clusterOf(client(SHORT_RETRY)));
  const pool = poolOf(topic);
  const producerOf = (name: string, refusalCode: OperatingFault): TopicProducer =>
    new TopicProducer(name, () => createProducer(client(LONG_RETRY)), refusalCode);
  const log = new KafkaRowLog({
    identity: { kind: 'kafka', clusterId: opened.clusterId, topic },
    partitionCount: opened.partitionCount,
    pool,
    rejectedPool: poolOf(rejectedTopic(topic)),
    rows: producerOf(topic, 'append-refused'),
    rejected: producerOf(rejectedTopic(topic), 'rejected-append-refused'),
    notice,
  });
  return { log, mirror: kafkaOffsetMirror(pool, topic, mirrorGroup) };
}

function createProducer(client: Kafka): Producer {
  return client.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    metadataMaxAge: 10_000,
    // Every message names its partition. Leaving this out would choose the same, with a warning about a changed default.
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
}

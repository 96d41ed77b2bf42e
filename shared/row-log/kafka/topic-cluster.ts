import { isConnectionFault } from './faults';
import type { KafkaCluster } from './internals';

/** A partition and the broker that leads it. */
export interface PartitionLeader {
  readonly partition: number;
  readonly nodeId: string;
}

/** A connection to the cluster that serves one topic: who leads its partitions, and the cure when a broker fails. */
export class TopicCluster {
  private isConnected = false;
  private mustRefresh = false;

  constructor(
    readonly cluster: KafkaCluster,
    readonly topic: string,
  ) {}

  /**
   * Partitions and their leaders, in partition order, asked anew when the knowledge is older than 10 s or was doubted.
   * Throws kafkajs' errors; an unknown topic is UNKNOWN_TOPIC_OR_PARTITION.
   */
  async leaders(): Promise<PartitionLeader[]> {
    if (!this.isConnected) {
      await this.cluster.connect();
      this.isConnected = true;
    }
    await this.cluster.addTargetTopic(this.topic);
    if (this.mustRefresh) {
      await this.cluster.refreshMetadata();
      this.mustRefresh = false;
    } else {
      await this.cluster.refreshMetadataIfNecessary();
    }
    const partitions = this.cluster.findTopicPartitionMetadata(this.topic);
    if (partitions.length === 0) throw unknownTopic(this.topic);
    return partitions
      .map(({ partitionId, leader }) => ({ partition: partitionId, nodeId: String(leader) }))
      .sort((a, b) => a.partition - b.partition);
  }

  /** The next call asks who leads, however young the knowledge is. */
  refreshNext(): void {
    this.mustRefresh = true;
  }

  /**
   * After an error: the next call asks who leads, and a broker whose connection failed gets a new one. Its old
   * connection closes by itself, since a broker that hangs would hold up the wait for its open requests.
   */
  doubt(error: unknown, nodeId?: string): void {
    this.mustRefresh = true;
    const broker = nodeId === undefined ? undefined : this.cluster.brokerPool.brokers[nodeId];
    if (broker === undefined || !isConnectionFault(error)) return;
    const { host, port } = broker.connectionPool;
    this.cluster.removeBroker({ host, port });
    broker.disconnect().catch(() => undefined);
  }

  async disconnect(): Promise<void> {
    await this.cluster.disconnect();
  }
}

/** What a broker would answer; kafkajs gives an empty list where its answer does not hold the topic. */
function unknownTopic(topic: string): Error {
  return Object.assign(new Error(`no broker knows a partition of ${topic}`), {
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
  });
}

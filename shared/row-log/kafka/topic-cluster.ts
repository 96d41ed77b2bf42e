import { isConnectionFault, wasNeverGreeted } from './faults';
import type { KafkaCluster } from './internals';

/** A partition and the broker that leads it. */
export interface PartitionLeader {
  readonly partition: number;
  readonly nodeId: string;
}

/** A connection to the cluster that serves one topic: who leads its partitions, and the cure when a broker fails. */
export class TopicCluster {
  private current: KafkaCluster;
  private isConnected = false;
  private mustRefresh = false;

  constructor(
    private readonly make: () => KafkaCluster,
    readonly topic: string,
  ) {
    this.current = make();
  }

  /** Not to be kept: after a doubt it may be another one. */
  get cluster(): KafkaCluster {
    return this.current;
  }

  /**
   * Partitions and their leaders, in partition order, asked anew when the knowledge is older than 10 s or was doubted.
   * Throws kafkajs' errors; an unknown topic is UNKNOWN_TOPIC_OR_PARTITION.
   */
  async leaders(): Promise<PartitionLeader[]> {
    const cluster = this.current;
    if (!this.isConnected) {
      await cluster.connect();
      // Meanwhile another caller may have begun anew.
      this.isConnected = cluster === this.current;
    }
    await cluster.addTargetTopic(this.topic);
    if (this.mustRefresh) {
      await cluster.refreshMetadata();
      this.mustRefresh = false;
    } else {
      await cluster.refreshMetadataIfNecessary();
    }
    const partitions = cluster.findTopicPartitionMetadata(this.topic);
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
   * After an error: the next call asks who leads, and a broker whose connection failed gets a new one; where it is not
   * known which connection is useless, all of them do. An old connection closes by itself, since a broker that hangs
   * would hold up the wait for its open requests.
   */
  doubt(error: unknown, nodeId?: string): void {
    this.mustRefresh = true;
    if (wasNeverGreeted(error)) {
      this.beginAnew();
      return;
    }
    const broker = nodeId === undefined ? undefined : this.cluster.brokerPool.brokers[nodeId];
    if (broker === undefined || !isConnectionFault(error)) return;
    const { host, port } = broker.connectionPool;
    this.cluster.removeBroker({ host, port });
    broker.disconnect().catch(() => undefined);
  }

  async disconnect(): Promise<void> {
    await this.cluster.disconnect();
  }

  private beginAnew(): void {
    const old = this.current;
    this.current = this.make();
    this.isConnected = false;
    old.disconnect().catch(() => undefined);
  }
}

/** What a broker would answer; kafkajs gives an empty list where its answer does not hold the topic. */
function unknownTopic(topic: string): Error {
  return Object.assign(new Error(`no broker knows a partition of ${topic}`), {
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
  });
}

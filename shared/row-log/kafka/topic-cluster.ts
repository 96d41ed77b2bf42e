import { faultyBroker, isConnectionFault, isStumbleOfClient, wasNeverGreeted } from './faults';
import type { KafkaCluster, PooledBroker } from './internals';

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
   *
   * Which broker failed the error itself says best, as a call to one leader may first ask any other who leads. kafkajs
   * prefers brokers that it is connected to, and one that hangs stays connected: kept, it would be asked again and again,
   * for 5 s each time. `nodeId` counts where the error names no broker.
   */
  doubt(error: unknown, nodeId?: string): void {
    this.mustRefresh = true;
    // A client that stumbled over its own state would stumble again.
    if (wasNeverGreeted(error) || isStumbleOfClient(error)) {
      this.beginAnew();
      return;
    }
    if (!isConnectionFault(error)) return;
    const { brokers } = this.cluster.brokerPool;
    const address = faultyBroker(error);
    if (address !== undefined && Object.keys(brokers).length === 0) {
      // Not even the first broker that was asked has told of the others, and kafkajs would ask no other one.
      this.beginAnew();
      return;
    }
    const ofNode = nodeId === undefined ? undefined : brokers[nodeId];
    const broker = address === undefined ? ofNode : Object.values(brokers).find(isAt(address));
    if (broker === undefined) return;
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

function isAt(address: string): (broker: PooledBroker | undefined) => boolean {
  return (broker) =>
    broker !== undefined && `${broker.connectionPool.host}:${broker.connectionPool.port}` === address;
}

/** What a broker would answer; kafkajs gives an empty list where its answer does not hold the topic. */
function unknownTopic(topic: string): Error {
  return Object.assign(new Error(`no broker knows a partition of ${topic}`), {
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
  });
}

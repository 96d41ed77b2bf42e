import type { PartitionBounds } from '../../row-log';
import { safeOffset } from '../decoding/blocks';
import type { FetchedPartition } from '../decoding/fetch-answer';
import { faultyBroker, isConnectionFault, isStumbleOfClient, wasNeverGreeted } from './client-errors';
import type {
  CommittedOffset,
  FetchRequest,
  FetchRequestPartition,
  KafkaCluster,
  PooledBroker,
} from './cluster';
import { withOwnDecoder } from './own-decoder';

/** A partition and the broker that leads it. */
interface PartitionLeader {
  readonly partition: number;
  readonly nodeId: string;
}

/** A commit without membership: no generation, no member. Kafka takes it as long as the group has no members. */
const WITHOUT_MEMBERSHIP = { groupGenerationId: -1, memberId: '', retentionTime: -1 };

/**
 * A connection to the cluster for one topic: its leaders, offsets and records, and the repair after a broker failed.
 * Every method throws kafkajs' errors.
 */
export class TopicCluster {
  private cluster: KafkaCluster;
  private isConnected = false;
  private isStale = false;

  constructor(
    private readonly make: () => KafkaCluster,
    readonly topic: string,
  ) {
    this.cluster = make();
  }

  /**
   * Partitions and their leaders, in partition order. They are looked up again when they are older than 10 s or were
   * marked stale. Throws UNKNOWN_TOPIC_OR_PARTITION for an unknown topic.
   */
  async leaders(): Promise<PartitionLeader[]> {
    const { cluster } = this;
    if (!this.isConnected) {
      await cluster.connect();
      // Another caller may have replaced the cluster meanwhile.
      this.isConnected = cluster === this.cluster;
    }
    await cluster.addTargetTopic(this.topic);
    if (this.isStale) {
      await cluster.refreshMetadata();
      this.isStale = false;
    } else {
      await cluster.refreshMetadataIfNecessary();
    }
    const partitions = cluster.findTopicPartitionMetadata(this.topic);
    if (partitions.length === 0) throw unknownTopic(this.topic);
    return partitions
      .map(({ partitionId, leader }) => ({ partition: partitionId, nodeId: String(leader) }))
      .sort((a, b) => a.partition - b.partition);
  }

  /**
   * Earliest and end offset of the given partitions (all by default), in partition order, from their leaders. The end is
   * the last stable offset: only records of open transactions lie behind it, and they may not be read yet.
   */
  async bounds(partitions?: readonly number[]): Promise<PartitionBounds[]> {
    const leaders = await this.leaders();
    const asked = partitions ?? leaders.map(({ partition }) => partition);
    const [earliest, end] = await Promise.all([this.offsets(asked, true), this.offsets(asked, false)]);
    return asked.flatMap((partition) => {
      const first = earliest.get(partition);
      const next = end.get(partition);
      return first === undefined || next === undefined ? [] : [{ partition, earliest: first, end: next }];
    });
  }

  /** Earliest or end offsets by partition; a partition without a known leader is left out. */
  async offsets(partitions: readonly number[], fromBeginning: boolean): Promise<Map<number, number>> {
    const asked = partitions.map((partition) => ({ partition }));
    const answers = await this.cluster.fetchTopicsOffset([
      { topic: this.topic, partitions: asked, fromBeginning },
    ]);
    return new Map(
      answers.flatMap((answer) =>
        answer.partitions.map(({ partition, offset }) => [partition, safeOffset(offset)]),
      ),
    );
  }

  /** One fetch from one broker. */
  async fetch(
    nodeId: string,
    partitions: FetchRequestPartition[],
    limits: Omit<FetchRequest, 'topics'>,
  ): Promise<FetchedPartition[]> {
    const broker = withOwnDecoder(await this.cluster.findBroker({ nodeId }));
    const { responses } = await broker.fetch({ topics: [{ topic: this.topic, partitions }], ...limits });
    return responses.flatMap((answer) => answer.partitions);
  }

  /** Commits offsets to a group that has no members. A group's coordinator moves with its broker, so each call asks for it. */
  async commitOffsets(groupId: string, partitions: CommittedOffset[]): Promise<void> {
    await this.leaders();
    const coordinator = await this.cluster.findGroupCoordinator({ groupId });
    const texts = partitions.map((each) => ({ ...each, metadata: each.metadata ?? '' }));
    const topics = [{ topic: this.topic, partitions: texts }];
    await coordinator.offsetCommit({ groupId, ...WITHOUT_MEMBERSHIP, topics });
  }

  /** The offsets that a group committed, one for each partition of the topic. */
  async committedOffsets(groupId: string): Promise<CommittedOffset[]> {
    const partitions = (await this.leaders()).map(({ partition }) => ({ partition }));
    const coordinator = await this.cluster.findGroupCoordinator({ groupId });
    const { responses } = await coordinator.offsetFetch({
      groupId,
      topics: [{ topic: this.topic, partitions }],
    });
    return responses.flatMap((answer) => answer.partitions);
  }

  /** The next call looks the leaders up again, however young they are. */
  markStale(): void {
    this.isStale = true;
  }

  /**
   * Repairs the connection after an error. The next call looks the leaders up again. A broker whose connection failed
   * gets a new connection; when no broker can be named, the whole cluster is made anew. An old connection closes by
   * itself, because waiting for the open requests of a broker that hangs would take long.
   *
   * The error names the failed broker best, as a call to one leader may first ask another broker for metadata. kafkajs
   * prefers connected brokers, so a broker that hangs would be asked again and again, for 5 s each time. `nodeId` counts
   * where the error names no broker.
   */
  recoverFrom(error: unknown, nodeId?: string): void {
    this.isStale = true;
    // A client whose own state is broken would fail in the same way again.
    if (wasNeverGreeted(error) || isStumbleOfClient(error)) {
      this.replaceCluster();
      return;
    }
    if (!isConnectionFault(error)) return;
    const { brokers } = this.cluster.brokerPool;
    const address = faultyBroker(error);
    if (address !== undefined && Object.keys(brokers).length === 0) {
      // The first broker hung before it named the others, and kafkajs would ask no other one.
      this.replaceCluster();
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

  private replaceCluster(): void {
    const old = this.cluster;
    this.cluster = this.make();
    this.isConnected = false;
    old.disconnect().catch(() => undefined);
  }
}

function isAt(address: string): (broker: PooledBroker | undefined) => boolean {
  return (broker) =>
    broker !== undefined && `${broker.connectionPool.host}:${broker.connectionPool.port}` === address;
}

/** A broker would answer with this error; kafkajs gives an empty list where the answer lacks the topic. */
function unknownTopic(topic: string): Error {
  return Object.assign(new Error(`no broker knows a partition of ${topic}`), {
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
  });
}

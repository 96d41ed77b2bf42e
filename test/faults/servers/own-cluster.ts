import { Network, type StartedNetwork } from 'testcontainers';
import { waitUntil } from '../../kills/long-wait';
import { type PartitionView, partitionsOf } from './cluster-view';
import { nameOf, OwnBroker } from './own-broker';

const NODE_IDS = [1, 2, 3] as const;
const REPLICAS = String(NODE_IDS.length);
/** An append is acknowledged when two of three have it: one broker may be away, and none of its rows is lost. */
const IN_SYNC_MIN = '2';
const SETTLE_MS_MAX = 120_000;

const ENVIRONMENT = {
  CLUSTER_ID: '5L6g3nShT-eMCtK--X86sw',
  KAFKA_CONTROLLER_QUORUM_VOTERS: NODE_IDS.map((id) => `${id}@${nameOf(id)}:9093`).join(','),
  KAFKA_DEFAULT_REPLICATION_FACTOR: REPLICAS,
  KAFKA_MIN_INSYNC_REPLICAS: IN_SYNC_MIN,
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: REPLICAS,
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: REPLICAS,
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: IN_SYNC_MIN,
  KAFKA_HEAP_OPTS: '-Xms192m -Xmx384m',
};

/** Three brokers of the tests' own, every topic on all of them. */
export class OwnCluster {
  private constructor(
    readonly brokers: readonly OwnBroker[],
    private readonly network: StartedNetwork,
  ) {}

  static async start(): Promise<OwnCluster> {
    const network = await new Network().start();
    const starting = NODE_IDS.map((nodeId) => OwnBroker.start({ nodeId, network, environment: ENVIRONMENT }));
    return new OwnCluster(await Promise.all(starting), network);
  }

  get addresses(): string[] {
    return this.brokers.map(({ address }) => address);
  }

  /** The broker that leads a partition, by the first broker that answers. */
  async leaderOf(topic: string, partition: number): Promise<OwnBroker> {
    const { leader } = (await this.partitions(topic))[partition]!;
    const broker = this.brokers.find(({ nodeId }) => nodeId === leader);
    if (broker === undefined) throw new Error(`nobody leads partition ${partition}`);
    return broker;
  }

  /** Waits until another broker than the given one leads a partition. */
  async movedAway(topic: string, partition: number, from: OwnBroker): Promise<void> {
    const look = () => this.leaderOf(topic, partition);
    await waitUntil('another leader', SETTLE_MS_MAX, look, (leader) => leader !== from);
  }

  /** Waits until every replica of every partition has everything again. */
  async healed(topic: string): Promise<void> {
    const isWhole = (partitions: PartitionView[]) =>
      partitions.every(({ inSync }) => inSync.length === NODE_IDS.length);
    await waitUntil('all replicas in sync', SETTLE_MS_MAX, () => this.partitions(topic), isWhole);
  }

  async remove(): Promise<void> {
    await Promise.all(this.brokers.map((broker) => broker.remove()));
    await this.network.stop();
  }

  private async partitions(topic: string): Promise<PartitionView[]> {
    const states = await Promise.all(this.brokers.map((broker) => broker.state()));
    const running = this.addresses.filter((_, i) => states[i] === 'running');
    return partitionsOf(running, topic);
  }
}

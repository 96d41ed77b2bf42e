import { AlderError } from '../../errors';
import { systemClock } from '../../runtime/clock';
import type { KafkaCluster } from './client-internals/cluster';
import { TopicCluster } from './client-internals/topic-cluster';
import { kafkaFault, rowLogError } from './faults';
import type { NeededRights } from './rights';

const IDLE_MAX = 2;
const TRIES_MAX = 3;
const RETRY_MS = 100;

/**
 * Connections for reading. Each reader has a connection of its own, because a broker answers the requests of one
 * connection in order and a long poll would delay all other readers. Two idle connections stay open, because making one
 * takes longer than reading a short range.
 */
export class ClusterPool {
  private readonly idle: TopicCluster[] = [];
  private readonly lent = new Set<TopicCluster>();
  private isClosed = false;

  constructor(
    readonly topic: string,
    private readonly make: () => KafkaCluster,
  ) {}

  /** A connection that connects with its first use. Throws `log-closed` after close. */
  borrow(): TopicCluster {
    if (this.isClosed) throw new AlderError('log-closed', 'kafka: the row log is closed');
    const cluster = this.idle.pop() ?? new TopicCluster(this.make, this.topic);
    this.lent.add(cluster);
    return cluster;
  }

  /**
   * Runs one short call, and repeats it up to twice after an error that may pass. Throws the row log's errors; `doing`
   * names the call in them, `needed` its rights (to describe the topic by default).
   */
  async call<T>(
    doing: string,
    work: (source: TopicCluster) => Promise<T>,
    needed: NeededRights = { topic: this.topic, onTopic: 'Describe' },
  ): Promise<T> {
    const source = this.borrow();
    try {
      for (let tries = 1; ; tries += 1) {
        try {
          return await work(source);
        } catch (error) {
          if (tries === TRIES_MAX || kafkaFault(error) !== 'passing') throw rowLogError(error, doing, needed);
          source.recoverFrom(error);
          await systemClock.sleep(RETRY_MS);
        }
      }
    } finally {
      await this.giveBack(source);
    }
  }

  /** Takes back a connection that has no request under way. */
  async giveBack(cluster: TopicCluster): Promise<void> {
    if (!this.lent.delete(cluster)) return;
    if (!this.isClosed && this.idle.length < IDLE_MAX) this.idle.push(cluster);
    else await disconnect(cluster);
  }

  /** Closes every connection. A reader that was abandoned without an end still holds one, so lent ones close too. */
  async close(): Promise<void> {
    this.isClosed = true;
    const all = [...this.idle.splice(0), ...this.lent];
    this.lent.clear();
    await Promise.all(all.map(disconnect));
  }
}

/** A connection that fails to close is gone as well. */
async function disconnect(cluster: TopicCluster): Promise<void> {
  await cluster.disconnect().catch(() => undefined);
}

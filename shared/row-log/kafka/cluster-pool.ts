import { AlderError } from '../../errors';
import { systemClock } from '../../runtime/clock';
import { kafkaFault, rowLogError } from './faults';
import type { KafkaCluster } from './internals';
import type { NeededRights } from './rights';
import { TopicCluster } from './topic-cluster';

const IDLE_MAX = 2;
const TRIES_MAX = 3;
const RETRY_MS = 100;

/**
 * Connections for reading. Each reader has one to itself while it reads, because a broker answers the requests of one
 * connection in turn and a long poll would hold up everybody else's; a few idle ones are kept, because making one takes
 * longer than reading a short range.
 */
export class ClusterPool {
  private readonly idle: TopicCluster[] = [];
  private readonly lent = new Set<TopicCluster>();
  private isClosed = false;

  constructor(
    readonly topic: string,
    private readonly make: () => KafkaCluster,
  ) {}

  /** Not connected when new; its first use connects. Throws `log-unavailable` after close. */
  borrow(): TopicCluster {
    if (this.isClosed) throw new AlderError('log-closed', 'kafka: the row log is closed');
    const cluster = this.idle.pop() ?? new TopicCluster(this.make, this.topic);
    this.lent.add(cluster);
    return cluster;
  }

  /**
   * One short call, tried again twice when it may pass. Throws the row log's errors; `doing` names the call in them, and
   * `needed` the rights that it takes, to describe the topic unless told otherwise.
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
          source.doubt(error);
          await systemClock.sleep(RETRY_MS);
        }
      }
    } finally {
      await this.giveBack(source);
    }
  }

  /** Takes a connection back whose requests have all been answered. */
  async giveBack(cluster: TopicCluster): Promise<void> {
    if (!this.lent.delete(cluster)) return;
    if (!this.isClosed && this.idle.length < IDLE_MAX) this.idle.push(cluster);
    else await hangUp(cluster);
  }

  /** Closes every connection, lent ones too: a reader that was left without being ended still holds one. */
  async close(): Promise<void> {
    this.isClosed = true;
    const all = [...this.idle.splice(0), ...this.lent];
    this.lent.clear();
    await Promise.all(all.map(hangUp));
  }
}

/** A connection that fails to close is gone all the same, and nobody waits for its end. */
async function hangUp(cluster: TopicCluster): Promise<void> {
  await cluster.disconnect().catch(() => undefined);
}

import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { keysOf } from '../../shared/model-registry/redis/keys';
import { openRedisModelRegistry } from '../../shared/model-registry/redis/redis-model-registry';
import { openKafkaRowLog } from '../../shared/row-log/kafka/kafka-row-log';
import type { RowLog } from '../../shared/row-log/row-log';
import { appendAll } from './ingest-embedded';
import { KafkajsPeer } from './ingest-kafkajs';
import type { TrainerNeighbours } from './ingest-trainer';

/** The Kafka and Redis that the environment names; null when it does not. */
export function namedServers(): { brokers: string[]; redisUrl: string } | null {
  const { KAFKA_BROKERS: brokers, REDIS_URL: redisUrl } = process.env;
  if (!brokers || !redisUrl) return null;
  return { brokers: brokers.split(',').map((broker) => broker.trim()), redisUrl };
}

/** Topics and models with random names on shared servers; `close` removes them. */
export class ServerStreams {
  readonly kafkajs: KafkajsPeer;
  private readonly prefix = `bench-${randomBytes(6).toString('hex')}`;
  private made = 0;

  constructor(
    readonly brokers: string[],
    private readonly redisUrl: string,
  ) {
    this.kafkajs = new KafkajsPeer(brokers);
  }

  /** A new topic of one partition with a random name. */
  async newTopic(): Promise<string> {
    const topic = `${this.prefix}-${++this.made}`;
    await this.kafkajs.createTopic(topic);
    return topic;
  }

  async filledTopic(values: readonly Buffer[]): Promise<string> {
    const topic = await this.newTopic();
    await this.withLog(topic, ({ rowLog }) => appendAll(rowLog, values));
    return topic;
  }

  async withLog<T>(
    topic: string,
    use: (opened: Pick<TrainerNeighbours, 'rowLog' | 'mirror'>) => Promise<T>,
  ): Promise<T> {
    const { brokers } = this;
    const mirrorGroup = `alder-${topic}`;
    const { log, mirror } = await openKafkaRowLog({
      brokers,
      topic,
      partitions: 1,
      mirrorGroup,
      clientId: 'alder-bench',
    });
    try {
      return await use({ rowLog: log as RowLog, mirror });
    } finally {
      await log.close();
    }
  }

  /** Runs on the topic with a new model. Offsets are not mirrored, since the consumer group would outlive the model. */
  async withModel<T>(topic: string, use: (neighbours: TrainerNeighbours) => Promise<T>): Promise<T> {
    const model = `${this.prefix}-${++this.made}`;
    const registry = await openRedisModelRegistry({ url: this.redisUrl, model, allowEviction: false });
    try {
      return await this.withLog(topic, ({ rowLog }) => use({ rowLog, registry, mirror: null }));
    } finally {
      await registry.close();
      await this.forget(model);
    }
  }

  async close(): Promise<void> {
    await this.kafkajs.close();
    await this.kafkajs.deleteTopics(this.prefix);
  }

  private async forget(model: string): Promise<void> {
    const redis = new Redis(this.redisUrl);
    const { changes: _, ...keys } = keysOf(model);
    await redis.del(...Object.values(keys));
    await redis.quit();
  }
}

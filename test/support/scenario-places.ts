import { Redis } from 'ioredis';
import type { EachMessagePayload } from 'kafkajs';
import { openEmbeddedModelRegistry } from '../../shared/model-registry/embedded/embedded-model-registry';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { keysOf } from '../../shared/model-registry/redis/keys';
import { openRedisModelRegistry } from '../../shared/model-registry/redis/redis-model-registry';
import { decodeVersionRecord, type VersionRecord } from '../../shared/model-registry/version-record';
import { openEmbeddedRowLog } from '../../shared/row-log/embedded/embedded-row-log';
import { rejectedTopic } from '../../shared/row-log/rejected-messages';
import type { RowLog } from '../../shared/row-log/row-log';
import { makeTestFolder } from './embedded';
import type { LiveServers } from './live';
import { type LiveKafka, mirrorGroup, openLiveKafka } from './live-kafka';
import { collect, messagesOf, type ReadMessage, TEST_READ_BOUNDS } from './log-reading';
import { pauseBetweenWrites } from './pause-process';

/** A log and a registry that the processes and the test share. */
export interface ScenarioPlace {
  /** The environment that points a process at this place. */
  readonly environment: Readonly<Record<string, string>>;
  readonly topic: string;
  readonly log: RowLog;
  registry(model: string): Promise<ModelRegistry>;
  rejectedLog(): Promise<RowLog>;
  /** The keys of the rejected rows, read by another client; null for a log without keys. */
  rejectedKeys(): Promise<string[] | null>;
  /** Stops a process with SIGSTOP without blocking other users of the place. */
  pause(pid: number): Promise<void>;
  /** Closes what was opened and deletes everything. */
  remove(): Promise<void>;
}

/** `partitions` is used when the topic is created. */
export type OpenPlace = (partitions?: number) => Promise<ScenarioPlace>;

export const embeddedPlace: OpenPlace = async (partitions = 1) => {
  const folder = makeTestFolder();
  const environment = folder.open();
  const topic = 'alder-rows';
  return {
    environment: { ALDER_DATA_DIR: folder.dataDir },
    topic,
    log: await openEmbeddedRowLog(environment, { topic, partitions }),
    registry: (model) => openEmbeddedModelRegistry(environment, { model }),
    rejectedLog: () => openEmbeddedRowLog(environment, { topic: rejectedTopic(topic), partitions: 1 }),
    // The embedded log has no keys: the headers hold the same coordinates.
    rejectedKeys: async () => null,
    pause: (pid) => pauseBetweenWrites(pid, folder.dataDir),
    remove: () => folder.remove(),
  };
};

export const livePlace =
  ({ kafkaBrokers, redisUrl }: LiveServers): OpenPlace =>
  async (partitions = 1) => {
    const kafka = await openLiveKafka(kafkaBrokers);
    const topic = kafka.newTopic();
    const registries: ModelRegistry[] = [];
    return {
      environment: {
        KAFKA_BROKERS: kafkaBrokers.join(','),
        REDIS_URL: redisUrl,
        ALDER_TOPIC: topic,
        // Runs share a server, so the topic's name prefixes each model.
        ALDER_MODEL: topic,
      },
      topic,
      log: (await kafka.open(topic, { partitions })).log,
      async registry(model) {
        const registry = await openRedisModelRegistry({ url: redisUrl, model, allowEviction: false });
        registries.push(registry);
        return registry;
      },
      rejectedLog: async () => (await kafka.open(rejectedTopic(topic))).log,
      rejectedKeys: () => keysIn(kafka, rejectedTopic(topic)),
      pause: async (pid) => void process.kill(pid, 'SIGSTOP'),
      async remove() {
        await deleteMirrors(kafka, topic);
        await kafka.close();
        for (const registry of registries) await registry.close();
        const admin = new Redis(redisUrl);
        for (const { model } of registries) {
          const { changes: _, ...keys } = keysOf(model);
          await admin.del(...Object.values(keys));
        }
        await admin.quit();
      },
    };
  };

/** The keys of a topic's one partition, read by an independent consumer. */
async function keysIn({ admin, foreign }: LiveKafka, topic: string): Promise<string[]> {
  const count = Number((await admin.fetchTopicOffsets(topic))[0]!.high);
  const groupId = `${mirrorGroup(topic)}-keys`;
  const consumer = foreign.consumer({ groupId, retry: { retries: 3 } });
  const keys: string[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const eachMessage = async ({ message }: EachMessagePayload) => {
        keys.push(String(message.key));
        if (keys.length === count) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return keys;
}

/** Deletes the consumer groups of the mirrored offsets, one for each model of a topic. */
async function deleteMirrors({ admin }: LiveKafka, topic: string): Promise<void> {
  const { groups } = await admin.listGroups();
  const ours = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(mirrorGroup(topic)));
  if (ours.length > 0) await admin.deleteGroups(ours);
}

/** Every message of a log from its earliest offset to its end, partition after partition. */
export async function readWholeLog(log: RowLog): Promise<ReadMessage[]> {
  const messages: ReadMessage[] = [];
  for (const { partition, earliest, end } of await log.bounds()) {
    const range = { partition, from: earliest, next: end };
    messages.push(...messagesOf(await collect(log.readRange(range, TEST_READ_BOUNDS))));
  }
  return messages;
}

/** The record of the newest version, null before the first. */
export async function newestRecord(registry: ModelRegistry): Promise<VersionRecord | null> {
  const { newest } = await registry.loadState();
  const text = newest === null ? null : await registry.loadRecord(newest.version);
  return text === null ? null : decodeVersionRecord(text);
}

/** Whether a version covers the whole log. */
export async function isAtEnd(record: VersionRecord | null, log: RowLog): Promise<boolean> {
  if (record === null) return false;
  return (await log.bounds()).every(({ partition, end }) => record.lineage[partition]?.next === String(end));
}

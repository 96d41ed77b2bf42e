import { Redis } from 'ioredis';
import { openEmbeddedModelRegistry } from '../../shared/model-registry/embedded/embedded-model-registry';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { keysOf } from '../../shared/model-registry/redis/keys';
import { openRedisModelRegistry } from '../../shared/model-registry/redis/redis-model-registry';
import { openEmbeddedRowLog } from '../../shared/row-log/embedded/embedded-row-log';
import type { OffsetMirror } from '../../shared/row-log/offset-mirror';
import type { RowLog } from '../../shared/row-log/row-log';
import { makeTestFolder } from './embedded';
import { type LiveServers, uniqueName } from './live';
import { openLiveKafka } from './live-kafka';
import { MemoryModelRegistry } from './memory-model-registry';
import type { MemoryRowLog } from './memory-row-log';

/** The log and the registry of one trainer. */
export interface Neighbours {
  readonly rowLog: RowLog;
  readonly registry: ModelRegistry;
  readonly mirror: OffsetMirror | null;
}

/** An empty topic and an empty model. */
export interface OpenBackend extends Neighbours {
  /** New handles on the same topic and model, like those of another process. */
  reopen(): Promise<Neighbours>;
  /** Closes every handle and deletes what was stored. */
  remove(): Promise<void>;
}

/** A kind of log and registry that a whole pipeline can run on. */
export interface TestBackend {
  readonly name: string;
  open(partitions: number): Promise<OpenBackend>;
}

/** LMDB in a temporary folder; each reopening is another environment on it. */
export const embeddedBackend: TestBackend = {
  name: 'embedded',
  async open(partitions) {
    const folder = makeTestFolder();
    const reopen = async (): Promise<Neighbours> => {
      const environment = folder.open();
      return {
        rowLog: await openEmbeddedRowLog(environment, { topic: 'alder-rows', partitions }),
        registry: await openEmbeddedModelRegistry(environment, { model: 'decisiontree' }),
        mirror: null,
      };
    };
    return { ...(await reopen()), reopen, remove: () => folder.remove() };
  },
};

/** In memory, for events that a real log decides by itself: control records, and retention at a chosen moment. */
export function memoryBackend(rowLog: MemoryRowLog): TestBackend {
  return {
    name: 'in memory',
    async open() {
      const registry = new MemoryModelRegistry();
      const reopen = async () => ({ rowLog: rowLog.reopen(), registry, mirror: null });
      return { rowLog, registry, mirror: null, reopen, remove: () => rowLog.close() };
    },
  };
}

/** A new topic on the live Kafka and a new model on the live Redis. */
export function liveBackend({ kafkaBrokers, redisUrl }: LiveServers): TestBackend {
  return {
    name: 'Kafka and Redis',
    async open(partitions) {
      const kafka = await openLiveKafka(kafkaBrokers);
      const topic = kafka.newTopic();
      const model = uniqueName('test');
      const registries: ModelRegistry[] = [];
      const reopen = async (): Promise<Neighbours> => {
        const { log, mirror } = await kafka.open(topic, { partitions });
        const registry = await openRedisModelRegistry({ url: redisUrl, model, allowEviction: false });
        registries.push(registry);
        return { rowLog: log, registry, mirror };
      };
      const remove = async () => {
        for (const registry of registries) await registry.close();
        await kafka.close();
        await forgetModel(redisUrl, model);
      };
      return { ...(await reopen()), reopen, remove };
    },
  };
}

async function forgetModel(redisUrl: string, model: string): Promise<void> {
  const admin = new Redis(redisUrl);
  const { changes: _, ...keys } = keysOf(model);
  await admin.del(...Object.values(keys));
  await admin.quit();
}

import { join } from 'node:path';
import { Redis } from 'ioredis';
import { deepVerify } from '../../services/verifier/deep-verify';
import { type DeepSettings, openDeepSource } from '../../services/verifier/open-deep-source';
import type { DeepReport } from '../../services/verifier/report';
import { openEmbeddedModelRegistry } from '../../shared/model-registry/embedded/embedded-model-registry';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { openRedisModelRegistry } from '../../shared/model-registry/redis/redis-model-registry';
import { openEmbeddedRowLog } from '../../shared/row-log/embedded/embedded-row-log';
import { resolveSettings } from '../../shared/settings/settings';
import { makeTestFolder } from '../support/embedded';
import { type LiveServers, uniqueName } from '../support/live';
import { openLiveKafka } from '../support/live-kafka';
import type { Neighbours, OpenBackend, TestBackend } from '../support/pipeline-backends';

const SCHEMA_FILE = join(__dirname, '../../data/iris.schema.json');

/** The registry's stored texts, open to somebody who changes them behind its back. */
export interface Tampering {
  setRecord(version: number, text: string): Promise<void>;
  setTree(version: number, text: string): Promise<void>;
  dropVersion(version: number): Promise<void>;
  pointChampionAt(version: number): Promise<void>;
  setJournalEntry(index: number, text: string): Promise<void>;
}

/** A backend that the verifier's own clients can find as well. */
export interface DeepPlace {
  readonly name: string;
  /** Opens an empty log and an empty model; `settings` names both. */
  open(partitions: number): Promise<OpenBackend & { settings: DeepSettings; tampering: Tampering }>;
}

/** Verifies the model of the settings. */
export async function verifiedAt(settings: DeepSettings): Promise<DeepReport> {
  const source = await openDeepSource(settings);
  try {
    return await deepVerify(source);
  } finally {
    await source.close();
  }
}

export const embeddedDeepPlace: DeepPlace = {
  name: 'embedded',
  async open(partitions) {
    const folder = makeTestFolder();
    const model = 'decisiontree';
    const environment = folder.open();
    const reopen = async (): Promise<Neighbours> => ({
      rowLog: await openEmbeddedRowLog(environment, { topic: 'alder-rows', partitions }),
      registry: await openEmbeddedModelRegistry(environment, { model }),
      mirror: null,
    });
    const store = environment.textStore('registry');
    const write = (step: () => void) => environment.write('registry-unavailable', step);
    const put = (key: readonly (string | number)[], text: string) =>
      write(() => store.putSync([model, ...key], text));
    const tampering: Tampering = {
      setRecord: (version, text) => put(['record', version], text),
      setTree: (version, text) => put(['tree', version], text),
      dropVersion: (version) =>
        write(() => {
          for (const kind of ['record', 'tree']) store.removeSync([model, kind, version]);
        }),
      pointChampionAt: async (version) => {
        const state = JSON.parse(store.get([model, 'state'])!) as {
          aliases: { champion: { version: number } };
        };
        state.aliases.champion.version = version;
        await put(['state'], JSON.stringify(state));
      },
      setJournalEntry: (index, text) => put(['journal', index + 1], text),
    };
    const settings = resolveSettings({ dataDir: folder.dataDir, model, schema: SCHEMA_FILE }, {});
    return { ...(await reopen()), reopen, settings, tampering, remove: () => folder.remove() };
  },
};

export const liveDeepPlace = ({ kafkaBrokers, redisUrl }: LiveServers): DeepPlace => ({
  name: 'Kafka and Redis',
  async open(partitions) {
    const kafka = await openLiveKafka(kafkaBrokers);
    const [topic, model] = [kafka.newTopic(), uniqueName('test')];
    const registries: ModelRegistry[] = [];
    const reopen = async (): Promise<Neighbours> => {
      const { log, mirror } = await kafka.open(topic, { partitions });
      const registry = await openRedisModelRegistry({ url: redisUrl, model, allowEviction: false });
      registries.push(registry);
      return { rowLog: log, registry, mirror };
    };
    const redis = new Redis(redisUrl);
    const key = (part: string) => `alder:{${model}}:${part}`;
    const parts = ['state', 'aliases', 'records', 'trees', 'journal'];
    const tampering: Tampering = {
      setRecord: async (version, text) => void (await redis.hset(key('records'), version, text)),
      setTree: async (version, text) => void (await redis.hset(key('trees'), version, text)),
      dropVersion: async (version) => {
        for (const part of ['records', 'trees']) await redis.hdel(key(part), String(version));
      },
      pointChampionAt: async (version) => {
        const [, ...rest] = (await redis.hget(key('aliases'), 'champion'))!.split(' ');
        await redis.hset(key('aliases'), 'champion', [version, ...rest].join(' '));
      },
      setJournalEntry: async (index, text) => void (await redis.lset(key('journal'), index, text)),
    };
    const given = { kafkaBrokers: kafkaBrokers.join(','), redisUrl, topic, model, schema: SCHEMA_FILE };
    return {
      ...(await reopen()),
      reopen,
      settings: resolveSettings(given, {}),
      tampering,
      async remove() {
        for (const registry of registries) await registry.close();
        await kafka.close();
        await redis.del(...parts.map(key));
        await redis.quit();
      },
    };
  },
});

/** The place in the form that a pipeline takes, and the log and the registry that it opened last. */
export function backendAt(place: DeepPlace): { backend: TestBackend; opened: () => Opened } {
  let last: Opened | undefined;
  const backend = {
    name: place.name,
    open: async (partitions: number) => {
      last = await place.open(partitions);
      return last;
    },
  };
  return { backend, opened: () => last! };
}

type Opened = Awaited<ReturnType<DeepPlace['open']>>;

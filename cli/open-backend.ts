import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AlderError } from '../shared/errors';
import type { ModelRegistry } from '../shared/model-registry/model-registry';
import type { OffsetMirror } from '../shared/row-log/offset-mirror';
import type { RowLog } from '../shared/row-log/row-log';
import { type Log, silentLog } from '../shared/runtime/log';
import type { LogCode } from '../shared/runtime/log-codes';
import { maskedUrl } from '../shared/settings/addresses';
import type { Settings } from '../shared/settings/settings';

/** The log and the registry that the settings name. Each is opened at the first call for it. */
export interface Backend {
  readonly kind: 'embedded' | 'kafka and redis';
  /** For the first line of a start: `embedded · data folder /home/…/.alder`. */
  readonly description: string;
  rowLog(): Promise<{ readonly rowLog: RowLog; readonly mirror: OffsetMirror | null }>;
  registry(options?: RegistryOptions): Promise<ModelRegistry>;
  close(): Promise<void>;
}

interface RegistryOptions {
  /** False opens a registry whose server may be away; serving then answers from memory. */
  readonly waitForServer?: boolean;
  /** The most milliseconds that opening waits for the server. */
  readonly openTimeoutMs?: number;
  /** True refuses a data folder that does not exist; false creates it. */
  readonly mustExist?: boolean;
}

/** For commands that answer once and end: they wait only briefly for a server, and create no data folder. */
export const ONE_ANSWER: RegistryOptions = { openTimeoutMs: 5_000, mustExist: true };

/**
 * Kafka and Redis where both are set, else the embedded log and registry in the data folder. An adapter is loaded at its
 * first use, so the embedded start does not pay for two clients.
 */
export function openBackend(settings: Settings, log: Log): Backend {
  return settings.kafkaBrokers === '' ? openEmbedded(settings) : openServers(settings, log);
}

/** Runs a command that reads or changes the registry once, and closes the registry. */
export async function withRegistry<T>(
  settings: Settings,
  use: (registry: ModelRegistry) => Promise<T>,
): Promise<T> {
  const backend = openBackend(settings, silentLog);
  try {
    return await use(await backend.registry(ONE_ANSWER));
  } finally {
    await backend.close();
  }
}

/** Copies an embedded data folder to a new one, also while it is in use. Gives its size in bytes. Throws `data-folder`. */
export async function copyDataFolder(from: string, to: string): Promise<number> {
  const backup = await import('../shared/lmdb/backup');
  return backup.copyDataFolder(from, to);
}

function openEmbedded(settings: Settings): Backend {
  const folder = resolve(settings.dataDir);
  const opened: { close(): Promise<void> }[] = [];
  const loadEnvironment = () => import('../shared/lmdb/environment');
  let environment: ReturnType<Awaited<ReturnType<typeof loadEnvironment>>['openEnvironment']> | null = null;
  const openFolder = async () => {
    const { openEnvironment } = await loadEnvironment();
    environment ??= openEnvironment(folder);
    return environment;
  };
  return {
    kind: 'embedded',
    description: `embedded · data folder ${folder}`,
    async rowLog() {
      const { openEmbeddedRowLog } = await import('../shared/row-log/embedded/embedded-row-log');
      const { embeddedOffsetMirror } = await import('../shared/row-log/embedded/embedded-offset-mirror');
      const { topic, partitions, model } = settings;
      const stores = await openFolder();
      const rowLog = await openEmbeddedRowLog(stores, { topic, partitions });
      opened.push(rowLog);
      return { rowLog, mirror: embeddedOffsetMirror(stores, topic, `alder-${model}`) };
    },
    async registry({ mustExist = false } = {}) {
      if (mustExist && !existsSync(folder)) {
        throw new AlderError('data-folder', `there is no data folder ${folder}`, {
          hint: 'start "alder up" first, or name another folder with --data-dir',
          fields: { folder },
        });
      }
      const { openEmbeddedModelRegistry } = await import(
        '../shared/model-registry/embedded/embedded-model-registry'
      );
      const registry = await openEmbeddedModelRegistry(await openFolder(), { model: settings.model });
      opened.push(registry);
      return registry;
    },
    async close() {
      for (const each of opened.reverse()) await each.close();
      await (environment as { close(): Promise<void> } | null)?.close();
    },
  };
}

function openServers(settings: Settings, log: Log): Backend {
  const opened: { close(): Promise<void> }[] = [];
  // Lines of kafkajs itself go to JSON logs only; text logs report the beginning and the end of an outage.
  const onNotice = (code: LogCode, message: string) => {
    if (code !== 'kafka-client') log.warn(code, message);
    else if (settings.log === 'json') log.info(code, message);
  };
  return {
    kind: 'kafka and redis',
    description: `Kafka ${settings.kafkaBrokers} · Redis ${maskedUrl(settings.redisUrl)}`,
    async rowLog() {
      const { openKafkaRowLog } = await import('../shared/row-log/kafka/kafka-row-log');
      const kafka = await openKafkaRowLog({
        brokers: settings.kafkaBrokers.split(',').map((broker) => broker.trim()),
        topic: settings.topic,
        partitions: settings.partitions,
        mirrorGroup: `alder-${settings.model}`,
        clientId: 'alder',
        onNotice,
        ...kafkaSecurity(settings),
      });
      opened.push(kafka.log);
      return { rowLog: kafka.log, mirror: kafka.mirror };
    },
    async registry(options = {}) {
      const { openRedisModelRegistry } = await import('../shared/model-registry/redis/redis-model-registry');
      const { redisUrl: url, model, allowEviction } = settings;
      const registry = await openRedisModelRegistry({ url, model, allowEviction, onNotice, ...options });
      opened.push(registry);
      return registry;
    },
    async close() {
      for (const each of opened.reverse()) await each.close();
    },
  };
}

function kafkaSecurity(settings: Settings) {
  const { kafkaSsl, kafkaSslCaFile, kafkaSaslMechanism: mechanism, kafkaSaslUsername: username } = settings;
  const ssl = kafkaSslCaFile === '' ? {} : { ca: readSecret('kafkaSslCaFile', kafkaSslCaFile) };
  const sasl =
    mechanism === ''
      ? undefined
      : {
          mechanism,
          username,
          password: readSecret('kafkaSaslPasswordFile', settings.kafkaSaslPasswordFile).trim(),
        };
  return { ssl: kafkaSsl || kafkaSslCaFile !== '' ? ssl : undefined, sasl };
}

function readSecret(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AlderError('setting-invalid', `${setting}: the file cannot be read`, {
      cause,
      fields: { setting, file: path },
    });
  }
}

import { readFileSync } from 'node:fs';
import { AlderError } from '../../shared/errors';
import { parseSchema, type Schema } from '../../shared/row/schema';
import type { DeepSource } from './deep-source';
import type { KafkaSettings } from './kafka/client';

/** The settings that the deep verifier reads, a part of all settings. */
export interface DeepSettings extends KafkaSettings {
  readonly redisUrl: string;
  readonly dataDir: string;
  readonly topic: string;
  readonly model: string;
  /** Path of the schema file. */
  readonly schema: string;
}

/**
 * Opens the log and the registry for reading: Kafka and Redis where both are set, else the data folder. Throws
 * `file-unreadable`, `schema-invalid`, `data-folder`, `topic-missing`, `log-unavailable`, `registry-unavailable`.
 */
export async function openDeepSource(settings: DeepSettings): Promise<DeepSource> {
  const schema = readSchema(settings.schema);
  return settings.kafkaBrokers === '' ? openFolder(settings, schema) : openServers(settings, schema);
}

/** A client is loaded at its first use, so a backend does not pay for the other's clients. */
async function openFolder({ dataDir, topic, model }: DeepSettings, schema: Schema): Promise<DeepSource> {
  const [{ LmdbFolder }, { lmdbLog }, { lmdbRegistry }] = await Promise.all([
    import('./embedded/lmdb-folder'),
    import('./embedded/lmdb-log'),
    import('./embedded/lmdb-registry'),
  ]);
  const folder = new LmdbFolder(dataDir);
  try {
    const registry = lmdbRegistry(folder, model);
    return { model, schema, registry, log: lmdbLog(folder, topic), close: () => folder.close() };
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function openServers(settings: DeepSettings, schema: Schema): Promise<DeepSource> {
  const { model, topic, redisUrl } = settings;
  const [{ kafkaLog }, { redisRegistry }] = await Promise.all([
    import('./kafka/kafka-log'),
    import('./redis/redis-registry'),
  ]);
  const redis = await redisRegistry(redisUrl, model);
  try {
    const kafka = await kafkaLog(settings, topic);
    const close = async () => {
      await kafka.close();
      await redis.close();
    };
    return { model, schema, registry: redis.registry, log: kafka.log, close };
  } catch (error) {
    await redis.close();
    throw error;
  }
}

function readSchema(path: string): Schema {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AlderError('file-unreadable', `the schema ${path} cannot be read`, {
      cause,
      fields: { file: path },
    });
  }
  return parseSchema(text, path);
}

import { readFileSync } from 'node:fs';
import {
  CompressionCodecs,
  CompressionTypes,
  Kafka,
  type KafkaConfig,
  logLevel,
  type SASLOptions,
} from 'kafkajs';
import { AlderError } from '../../../shared/errors';
import { unpackBatch } from '../../../shared/row-log/codecs';

/** The settings of the connection to Kafka. */
export interface KafkaSettings {
  readonly kafkaBrokers: string;
  readonly kafkaSsl: boolean;
  readonly kafkaSslCaFile: string;
  readonly kafkaSaslMechanism: '' | 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly kafkaSaslUsername: string;
  readonly kafkaSaslPasswordFile: string;
}

/** kafkajs reads only gzip by itself. The verifier reads and never writes, so compression is refused. */
for (const codec of [CompressionTypes.Snappy, CompressionTypes.LZ4, CompressionTypes.ZSTD] as const) {
  CompressionCodecs[codec] = () => ({
    compress: () => Promise.reject(new Error('the verifier writes nothing')),
    decompress: (packed: Buffer) => unpackBatch(codec, packed),
  });
}

/** A kafkajs client with default options, except for retries that last longer than the restart of a broker. */
export function kafkaClient(settings: KafkaSettings): Kafka {
  const config: KafkaConfig = {
    clientId: 'alder-verify',
    brokers: settings.kafkaBrokers.split(',').map((broker) => broker.trim()),
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 40 },
    logLevel: logLevel.NOTHING,
  };
  const { kafkaSslCaFile, kafkaSaslMechanism: mechanism, kafkaSaslUsername: username } = settings;
  if (kafkaSslCaFile !== '') config.ssl = { ca: [secret('kafkaSslCaFile', kafkaSslCaFile)] };
  else if (settings.kafkaSsl) config.ssl = true;
  if (mechanism !== '') {
    const password = secret('kafkaSaslPasswordFile', settings.kafkaSaslPasswordFile).trim();
    config.sasl = { mechanism, username, password } as SASLOptions;
  }
  return new Kafka(config);
}

/** Turns every error of the log's server into `log-unavailable`. */
export async function fromKafka<T>(action: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    throw kafkaError(action, cause);
  }
}

export function kafkaError(action: string, cause: unknown): AlderError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AlderError('log-unavailable', `kafka: ${action}: ${reason}`, { cause });
}

function secret(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AlderError('setting-invalid', `${setting}: the file cannot be read`, {
      cause,
      fields: { setting, file: path },
    });
  }
}

import { Kafka, type KafkaConfig, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs';
import { impatientSockets } from './impatient-sockets';
import type { Notice } from './notices';

/** How to reach a Kafka cluster. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Speak TLS; `ca` is the PEM text of the authority that signed the brokers' certificates. */
  readonly ssl?: { readonly ca?: string } | undefined;
  readonly sasl?: KafkaLogin | undefined;
}

export interface KafkaLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** For calls that are tried again by their caller, which alone knows when to stop: about 0.5 s. */
export const SHORT_RETRY: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 300,
  factor: 0.2,
  multiplier: 2,
  retries: 2,
};

/**
 * For appends: about a minute, since a broker's restart took up to 21 s and kafkajs' own 9 s would give up in it. The
 * tries are one client's, because its number is what lets a broker drop the copies of a send that it had taken before.
 */
export const LONG_RETRY: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  factor: 0.2,
  multiplier: 2,
  retries: 60,
};

/** How long a broker may hold an append back for its replicas before it says that it could not. */
export const APPEND_TIMEOUT_MS = 5_000;

/** Above the patience of a connection, so that a connection that hangs is given up and not just one of its requests. */
const REQUEST_TIMEOUT_MS = 8_000;

/**
 * A client with options of its own: kafkajs keeps its authentication provider inside the `sasl` object that it was
 * given, and a second client on the same object would go on with the first one's password.
 *
 * `turn` says which of the brokers is asked first: every client of kafkajs begins with the first of its list, and whoever
 * begins anew has to begin elsewhere.
 */
export function createClient(
  connection: KafkaConnection,
  retry: RetryOptions,
  notice: Notice,
  turn = 0,
): Kafka {
  const first = turn % connection.brokers.length;
  const config: KafkaConfig = {
    brokers: [...connection.brokers.slice(first), ...connection.brokers.slice(0, first)],
    clientId: connection.clientId,
    // For kafkajs this bounds the first question as well.
    connectionTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    socketFactory: impatientSockets(),
    retry: { ...retry },
    // Below errors kafkajs only warns of choices made here on purpose, such as bounded retries of an idempotent producer.
    logLevel: logLevel.ERROR,
    logCreator:
      () =>
      ({ namespace, log: { message, error } }) =>
        notice('kafka-client', `${namespace}: ${message}${typeof error === 'string' ? `: ${error}` : ''}`),
  };
  if (connection.ssl !== undefined) {
    config.ssl = connection.ssl.ca === undefined ? true : { ca: [connection.ssl.ca] };
  }
  if (connection.sasl !== undefined) config.sasl = { ...connection.sasl } as SASLOptions;
  return new Kafka(config);
}

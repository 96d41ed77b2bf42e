import { Kafka, type KafkaConfig, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs';
import type { Notice } from './notices';
import { socketsWithTimeouts } from './sockets-with-timeouts';

/** How to reach a Kafka cluster. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Speak TLS; `ca` is the PEM text of the authority that signed the brokers' certificates. */
  readonly ssl?: { readonly ca?: string } | undefined;
  readonly sasl?: KafkaLogin | undefined;
}

interface KafkaLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** For calls whose caller retries, since only the caller knows when to stop: about 0.5 s. */
export const SHORT_RETRY: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 300,
  factor: 0.2,
  multiplier: 2,
  retries: 2,
};

/**
 * For appends: about a minute, since a broker's restart took up to 21 s and kafkajs' default gives up after 9 s. One
 * client makes all tries, because a broker recognises repeated sends by the producer's id and sequence number.
 */
export const LONG_RETRY: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  factor: 0.2,
  multiplier: 2,
  retries: 60,
};

/** How long a broker may wait for its replicas before it refuses an append. */
export const APPEND_TIMEOUT_MS = 5_000;

/** Above the sockets' timeouts, so that a hanging connection breaks before kafkajs gives up only the request. */
const REQUEST_TIMEOUT_MS = 8_000;

/**
 * Makes a client with options of its own: kafkajs writes its authentication provider into the `sasl` object that it is
 * given, and a second client on the same object would use the first client's password.
 *
 * `clientNumber` rotates the list of brokers. Every client of kafkajs begins with the first broker of its list, so a
 * client that replaces a failed one has to begin with another broker.
 */
export function createClient(
  connection: KafkaConnection,
  retry: RetryOptions,
  notice: Notice,
  clientNumber = 0,
): Kafka {
  const first = clientNumber % connection.brokers.length;
  const config: KafkaConfig = {
    brokers: [...connection.brokers.slice(first), ...connection.brokers.slice(0, first)],
    clientId: connection.clientId,
    // kafkajs bounds its first request by this value too.
    connectionTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    socketFactory: socketsWithTimeouts(),
    retry: { ...retry },
    // kafkajs' warnings concern deliberate choices, such as the bounded retries of an idempotent producer.
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

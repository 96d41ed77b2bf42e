/** The fields of kafkajs' error objects that Alder reads. */
interface ClientFailure extends Error {
  /** Kafka's own name of a protocol error. */
  readonly type?: string;
  readonly retriable?: boolean;
  readonly partition?: number;
  /** `host:port`, on errors of a connection and on answers that did not come. */
  readonly broker?: string;
}

/** kafkajs wraps the error that it gave up on, sometimes twice; the innermost failure says what happened. */
export function rootFailure(error: unknown): ClientFailure | null {
  let failure = error instanceof Error ? (error as ClientFailure) : null;
  while (
    failure !== null &&
    isWrapper(failure) &&
    failure.cause instanceof Error &&
    failure.cause !== failure
  ) {
    failure = failure.cause as ClientFailure;
  }
  return failure;
}

function isWrapper(failure: ClientFailure): boolean {
  return failure.name === 'KafkaJSNumberOfRetriesExceeded' || failure.name === 'KafkaJSNonRetriableError';
}

/** Kafka's own name of a protocol error; of the first when there are several. */
export function protocolType(error: unknown): string | undefined {
  const several = error as { readonly errors?: readonly unknown[] };
  return rootFailure(several?.errors?.[0] ?? error)?.type;
}

/** True when the connection failed and no broker answered: then the connection has to be made anew. */
export function isConnectionFault(error: unknown): boolean {
  return rootFailure(error)?.type === undefined;
}

/**
 * True for a connection that kafkajs takes for usable although the broker never answered its first request: the system
 * of a broker that hangs goes on accepting. kafkajs does not repeat that request, so the connection stays useless.
 */
export function wasNeverGreeted(error: unknown): boolean {
  return rootFailure(error)?.message === 'Broker not connected';
}

/** A stack line that names a file. Node's own lines are skipped, since Node acts for its caller. */
const SOURCE_LINE = /^\s*at (?!.*\b(?:node:|<anonymous>)).*:\d+:\d+\)?$/;
const KAFKAJS_LINE = /[\\/]kafkajs[\\/](?:src|index)/;

/**
 * True for a TypeError whose innermost source line is in kafkajs. While brokers come and go kafkajs meets broken state of
 * its own: its broker pool has no seed broker for a moment, its metadata is null when no broker answered. A TypeError
 * of Alder's code is not a stumble of the client.
 */
export function isStumbleOfClient(error: unknown): boolean {
  const failure = rootFailure(error);
  if (!(failure instanceof TypeError)) return false;
  const innermost = failure.stack?.split('\n').find((line) => SOURCE_LINE.test(line));
  return innermost !== undefined && KAFKAJS_LINE.test(innermost);
}

/** The address, `host:port`, of the broker whose connection failed; undefined where the error does not tell. */
export function faultyBroker(error: unknown): string | undefined {
  return rootFailure(error)?.broker;
}

/** The partition that an out-of-range error names. */
export function faultyPartition(error: unknown): number | undefined {
  return rootFailure(error)?.partition;
}

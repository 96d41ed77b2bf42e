import { AlderError } from '../../errors';
import { isRefusalOfRights, logForbidden, type NeededRights } from './rights';

/** What an error of kafkajs means for whoever called: worth another try, or which kind of end. */
export type KafkaFault =
  | 'passing'
  | 'topic-unknown'
  | 'out-of-range'
  | 'codec'
  | 'not-allowed'
  | 'login'
  | 'lasting';

/** The fields that kafkajs' error classes share; `type` is Kafka's own name of a protocol error. */
interface KafkaFailure extends Error {
  readonly type?: string;
  readonly code?: string | number;
  readonly retriable?: boolean;
  readonly partition?: number;
  /** `host:port`, on errors of a connection and on answers that did not come. */
  readonly broker?: string;
}

/** Errors that kafkajs calls final although the next try may work. */
const PASSING_NAMES = new Set([
  'KafkaJSTimeout',
  'KafkaJSLockTimeout',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSNoBrokerAvailableError',
]);
const PASSING_TYPES = new Set(['BROKER_NOT_AVAILABLE', 'OFFSET_NOT_AVAILABLE', 'UNKNOWN']);

/** A line of a stack that names a file; what Node itself does inside a call is the doing of whoever called. */
const SOURCE_LINE = /^\s*at (?!.*\b(?:node:|<anonymous>)).*:\d+:\d+\)?$/;
const KAFKAJS_LINE = /[\\/]kafkajs[\\/](?:src|index)/;

export function kafkaFault(error: unknown): KafkaFault {
  const failure = rootFailure(error);
  if (failure === null) return 'lasting';
  const { name, type } = failure;
  if (type === 'OFFSET_OUT_OF_RANGE') return 'out-of-range';
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return 'topic-unknown';
  if (isRefusalOfRights(type)) return 'not-allowed';
  if (name === 'KafkaJSSASLAuthenticationError') return 'login';
  if (name === 'KafkaJSNotImplemented') return 'codec';
  if (PASSING_NAMES.has(name) || (type !== undefined && PASSING_TYPES.has(type))) return 'passing';
  if (wasNeverGreeted(error)) return 'passing';
  if (isStumbleOfClient(error)) return 'passing';
  return failure.retriable === true ? 'passing' : 'lasting';
}

/** True when the connection failed, and not a broker's answer: then the connection itself has to be made anew. */
export function isConnectionFault(error: unknown): boolean {
  return rootFailure(error)?.type === undefined;
}

/**
 * True when kafkajs took a connection for a usable one on which the broker never answered the first question: the
 * system of a broker that hangs goes on accepting. kafkajs does not ask again on it, so it stays useless for ever.
 */
export function wasNeverGreeted(error: unknown): boolean {
  return rootFailure(error)?.message === 'Broker not connected';
}

/**
 * True for a TypeError that kafkajs made itself. It meets broken state of its own while brokers come and go: its broker
 * pool has no seed broker for a moment, its metadata is null where no broker answered. One that our code made is none.
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

/** Kafka's own name of a protocol error, also of the first of several. */
export function protocolType(error: unknown): string | undefined {
  const several = error as { readonly errors?: readonly unknown[] };
  return rootFailure(several?.errors?.[0] ?? error)?.type;
}

/** kafkajs wraps what it gave up on, and some wrappers twice; the innermost failure says what happened. */
function rootFailure(error: unknown): KafkaFailure | null {
  let failure = error instanceof Error ? (error as KafkaFailure) : null;
  while (
    failure !== null &&
    isWrapper(failure) &&
    failure.cause instanceof Error &&
    failure.cause !== failure
  ) {
    failure = failure.cause as KafkaFailure;
  }
  return failure;
}

function isWrapper(failure: KafkaFailure): boolean {
  return failure.name === 'KafkaJSNumberOfRetriesExceeded' || failure.name === 'KafkaJSNonRetriableError';
}

/** The error that callers of the row log get; `doing` completes "kafka: … failed", `needed` is what it needs rights to. */
export function rowLogError(error: unknown, doing: string, needed: NeededRights): AlderError {
  if (error instanceof AlderError) return error;
  const failure = rootFailure(error);
  if (isRefusalOfRights(failure?.type)) return logForbidden(failure.type, doing, needed, error);
  const reason = failure?.message ?? String(error);
  switch (kafkaFault(error)) {
    case 'topic-unknown':
      return new AlderError('topic-missing', `kafka: ${doing} failed: the topic is not there`, {
        cause: error,
      });
    case 'codec':
      return new AlderError('codec-missing', `kafka: ${doing} failed: ${reason}`, {
        cause: error,
        hint: 'this build reads uncompressed, gzip, snappy, lz4 and zstd batches',
      });
    case 'out-of-range':
      return new AlderError('log-range-gone', `kafka: ${doing} failed: ${reason}`, { cause: error });
    case 'login':
      return new AlderError('log-failed', `kafka: ${doing} failed: ${reason}`, {
        cause: error,
        hint: 'check user, password and mechanism',
      });
    case 'passing':
      return new AlderError('log-unavailable', `kafka: ${doing} failed: ${reason}`, { cause: error });
    default:
      return new AlderError('log-failed', `kafka: ${doing} failed: ${reason}`, { cause: error });
  }
}

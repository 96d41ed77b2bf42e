import { AlderError, type OperatingFault } from '../../errors';
import { isStumbleOfClient, rootFailure, wasNeverGreeted } from './client-internals/client-errors';
import { isRefusalOfRights, logForbidden, type NeededRights } from './rights';

/** The meaning of kafkajs' error for its caller: 'passing' is worth another try, the others name the kind of end. */
type KafkaFault =
  | 'passing'
  | 'topic-unknown'
  | 'out-of-range'
  | 'codec'
  | 'not-allowed'
  | 'login'
  | 'lasting';

/** Errors that kafkajs calls final although the next try may work. */
const PASSING_NAMES = new Set([
  'KafkaJSTimeout',
  'KafkaJSLockTimeout',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSNoBrokerAvailableError',
]);
const PASSING_TYPES = new Set(['BROKER_NOT_AVAILABLE', 'OFFSET_NOT_AVAILABLE', 'UNKNOWN']);

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
  if (wasNeverGreeted(error) || isStumbleOfClient(error)) return 'passing';
  return failure.retriable === true ? 'passing' : 'lasting';
}

const CODES: Readonly<Record<KafkaFault, OperatingFault>> = {
  passing: 'log-unavailable',
  'topic-unknown': 'topic-missing',
  'out-of-range': 'log-range-gone',
  codec: 'codec-missing',
  'not-allowed': 'log-forbidden',
  login: 'log-failed',
  lasting: 'log-failed',
};

const HINTS: Readonly<Partial<Record<KafkaFault, string>>> = {
  codec: 'this build reads uncompressed, gzip, snappy, lz4 and zstd batches',
  login: 'check user, password and mechanism',
};

/**
 * The row log's error for one of kafkajs. `doing` completes "kafka: … failed"; `needed` are the rights that the call
 * takes. An AlderError passes unchanged.
 */
export function rowLogError(error: unknown, doing: string, needed: NeededRights): AlderError {
  if (error instanceof AlderError) return error;
  const type = rootFailure(error)?.type;
  if (isRefusalOfRights(type)) return logForbidden(type, doing, needed, error);
  const fault = kafkaFault(error);
  const reason =
    fault === 'topic-unknown' ? 'the topic is not there' : (rootFailure(error)?.message ?? String(error));
  const hint = HINTS[fault];
  return new AlderError(CODES[fault], `kafka: ${doing} failed: ${reason}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
    fields: { topic: needed.topic, ...(type === undefined ? {} : { kafkaError: type }) },
  });
}

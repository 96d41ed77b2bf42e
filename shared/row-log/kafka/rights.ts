import { AlderError } from '../../errors';

/** The rights that a call takes, in the words of Kafka's access lists; reading and writing include describing. */
export interface NeededRights {
  readonly topic: string;
  readonly onTopic: 'Describe' | 'Read' | 'Write';
  /** The consumer group whose offsets the call reads or writes. */
  readonly group?: string;
}

const REFUSALS = {
  TOPIC_AUTHORIZATION_FAILED: 'topic',
  GROUP_AUTHORIZATION_FAILED: 'group',
  CLUSTER_AUTHORIZATION_FAILED: 'cluster',
} as const;

/** Kafka's own name of the refusal of a call whose right is missing. */
type RefusalOfRights = keyof typeof REFUSALS;

export function isRefusalOfRights(type: string | undefined): type is RefusalOfRights {
  return type !== undefined && Object.hasOwn(REFUSALS, type);
}

/**
 * The error of a call that this user may not make; `doing` completes "kafka: … is forbidden". A retry helps only after
 * the right was granted, so the hint is the command that grants it.
 */
export function logForbidden(
  refusal: RefusalOfRights,
  doing: string,
  needed: NeededRights,
  cause: unknown,
): AlderError {
  const { right, on, option } = missingRight(refusal, needed);
  return new AlderError(
    'log-forbidden',
    `kafka: ${doing} is forbidden: this user lacks the right ${right} on ${on} (${refusal})`,
    {
      cause,
      fields: { topic: needed.topic, right, on, kafkaError: refusal },
      hint: `topic ${needed.topic} needs it: kafka-acls.sh --add --allow-principal User:NAME --operation ${right} ${option}`,
    },
  );
}

interface MissingRight {
  readonly right: string;
  readonly on: string;
  readonly option: string;
}

function missingRight(refusal: RefusalOfRights, { topic, onTopic, group }: NeededRights): MissingRight {
  const resource = REFUSALS[refusal];
  if (resource === 'topic') return { right: onTopic, on: `topic ${topic}`, option: `--topic ${topic}` };
  if (resource === 'group') return { right: 'Read', on: `group ${group}`, option: `--group ${group}` };
  // Brokers before 2.8 demand it of an idempotent producer; later ones are content with the right to write to the topic.
  return { right: 'IdempotentWrite', on: 'the cluster', option: '--cluster' };
}

import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { AlderError } from '../../errors';
import { type Clock, systemClock } from '../../runtime/clock';
import { rejectedTopic } from '../rejected-messages';
import { isConnectionFault, protocolType } from './client-internals/client-errors';
import { kafkaFault, rowLogError } from './faults';
import { kafkaOutage, type Notice } from './notices';

const RETRY_MS = 500;

interface OpenedTopics {
  readonly clusterId: string;
  readonly partitionCount: number;
}

interface TopicsToOpen {
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Partitions of a row topic that has to be made; the topic of rejected rows gets one. */
  readonly partitions: number;
  readonly openTimeoutMs: number;
}

/**
 * Finds or makes the topics of rows and of rejected rows, and asks for the cluster's id. A cluster that does not answer
 * may be starting as well, so it is tried until `openTimeoutMs`. Throws `log-unavailable` after that, `topic-missing`,
 * `log-forbidden` and `topic-compacted`.
 */
export async function openTopics(
  newAdmin: () => Admin,
  asked: TopicsToOpen,
  notice: Notice,
): Promise<OpenedTopics> {
  const sinceMs = systemClock.monotonicMs();
  let admin = newAdmin();
  const doing = `connecting to ${asked.brokers.join(',')}`;
  const outage = kafkaOutage(doing, notice);
  try {
    for (;;) {
      try {
        const opened = await tryToOpen(admin, asked, notice);
        outage.recovered();
        return opened;
      } catch (error) {
        const mayPass = !(error instanceof AlderError) && kafkaFault(error) === 'passing';
        if (mayPass) outage.failed(error);
        if (!mayPass || systemClock.monotonicMs() - sinceMs >= asked.openTimeoutMs) {
          const needed = { topic: asked.topic, onTopic: 'Describe' } as const;
          throw rowLogError(error, doing, needed);
        }
        if (isConnectionFault(error)) {
          // The old admin may stay with the broker that does not answer. Nobody waits for its open requests.
          admin.disconnect().catch(() => undefined);
          admin = newAdmin();
        }
        await systemClock.sleep(RETRY_MS);
      }
    }
  } finally {
    admin.disconnect().catch(() => undefined);
  }
}

async function tryToOpen(admin: Admin, asked: TopicsToOpen, notice: Notice): Promise<OpenedTopics> {
  const bootstrapBroker = asked.brokers[0] ?? '';
  await admin.connect();
  const { clusterId } = await admin.describeCluster();
  const rows = { topic: asked.topic, partitions: asked.partitions };
  const partitionCount = await ensureTopic(admin, rows, bootstrapBroker);
  await refuseCompacted(admin, asked.topic, notice);
  await ensureTopic(admin, { topic: rejectedTopic(asked.topic), partitions: 1 }, bootstrapBroker);
  return { clusterId, partitionCount };
}

/** A topic that the row log needs; `partitions` counts when it has to be made. */
interface NeededTopic {
  readonly topic: string;
  readonly partitions: number;
}

/** A new topic is known to all brokers after some milliseconds; 100 polls take 5 s and more. */
const POLL_MS = 50;
const POLLS_MAX = 100;

/**
 * Makes a missing topic, and gives the topic's number of partitions; an existing topic keeps its number. Throws
 * `topic-missing` with the command that makes the topic when this user may not make it, `log-forbidden` when this user
 * may not see it, and kafkajs' errors when no broker answers.
 */
async function ensureTopic(
  admin: Admin,
  needed: NeededTopic,
  bootstrapBroker: string,
  clock: Clock = systemClock,
): Promise<number> {
  let refusal: unknown;
  for (let poll = 0; poll < POLLS_MAX; poll += 1) {
    const partitions = await partitionCount(admin, needed.topic);
    if (partitions !== null) return partitions;
    if (refusal !== undefined && kafkaFault(refusal) !== 'topic-unknown') break;
    if (poll === 0) refusal = await create(admin, needed);
    await clock.sleep(POLL_MS);
  }
  const reason = refusal instanceof Error ? `: ${protocolType(refusal) ?? refusal.message}` : '';
  throw new AlderError(
    'topic-missing',
    `kafka: topic ${needed.topic} is missing and could not be made${reason}`,
    {
      cause: refusal,
      fields: { topic: needed.topic },
      hint: `make it: kafka-topics.sh --bootstrap-server ${bootstrapBroker} --create --topic ${needed.topic} --partitions ${needed.partitions} --config cleanup.policy=delete`,
    },
  );
}

async function partitionCount(admin: Admin, topic: string): Promise<number | null> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const found = topics.find(({ name }) => name === topic);
    return found === undefined || found.partitions.length === 0 ? null : found.partitions.length;
  } catch (error) {
    const fault = kafkaFault(error);
    if (fault === 'topic-unknown') return null;
    if (fault !== 'not-allowed') throw error;
    throw rowLogError(error, `looking for topic ${topic}`, { topic, onTopic: 'Describe' });
  }
}

/**
 * Tries to make the topic; gives the error, undefined for none. The topic may exist despite an error: kafkajs throws
 * UNKNOWN_TOPIC_OR_PARTITION for a new topic without a leader, and another process may have made it first.
 */
async function create(admin: Admin, needed: NeededTopic): Promise<unknown> {
  try {
    await admin.createTopics({
      topics: [
        {
          topic: needed.topic,
          numPartitions: needed.partitions,
          replicationFactor: -1,
          configEntries: [{ name: 'cleanup.policy', value: 'delete' }],
        },
      ],
    });
    return undefined;
  } catch (error) {
    if (kafkaFault(error) === 'passing') throw error;
    return error;
  }
}

/**
 * Throws `topic-compacted` when the topic's cleanup policy compacts: rows have no key, and a deleted row changes the
 * window that a version was fitted on. A user who may not see the policy gets a notice.
 */
async function refuseCompacted(admin: Admin, topic: string, notice: Notice): Promise<void> {
  let policy: string | undefined;
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['cleanup.policy'] }],
    });
    policy = resources[0]?.configEntries.find(
      ({ configName }) => configName === 'cleanup.policy',
    )?.configValue;
  } catch (error) {
    if (kafkaFault(error) !== 'not-allowed') throw error;
    notice(
      'topic-config-hidden',
      `kafka: this user may not see the cleanup.policy of ${topic}; it must not be compact`,
    );
    return;
  }
  if (policy?.split(',').some((each) => each.trim() === 'compact') !== true) return;
  throw new AlderError(
    'topic-compacted',
    `kafka: topic ${topic} has cleanup.policy=${policy}, which deletes rows`,
    {
      fields: { topic, cleanupPolicy: policy },
      hint: `set it: kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config cleanup.policy=delete`,
    },
  );
}

import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { AlderError } from '../../errors';
import { type Clock, systemClock } from '../../runtime/clock';
import { kafkaFault, protocolType, rowLogError } from './faults';
import type { Notice } from './notices';

/** A topic that the row log needs, and how to make it when it is missing. */
export interface NeededTopic {
  readonly topic: string;
  readonly partitions: number;
}

/** A topic that was made is known everywhere after some milliseconds; 100 looks take 5 s and more. */
const LOOK_AGAIN_MS = 50;
const LOOKS_MAX = 100;

/**
 * Makes the topic unless it is there, and gives its number of partitions; one that exists keeps its own. Throws
 * `topic-missing` with the command that makes it when this user may not; `log-forbidden` when this user may not even
 * see it; kafkajs' errors when no broker answers.
 */
export async function ensureTopic(
  admin: Admin,
  needed: NeededTopic,
  bootstrapBroker: string,
  clock: Clock = systemClock,
): Promise<number> {
  let refusal: unknown;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const partitions = await partitionCount(admin, needed.topic);
    if (partitions !== null) return partitions;
    if (refusal !== undefined && kafkaFault(refusal) !== 'topic-unknown') break;
    if (look === 0) refusal = await create(admin, needed);
    await clock.sleep(LOOK_AGAIN_MS);
  }
  const reason = refusal instanceof Error ? `: ${protocolType(refusal) ?? refusal.message}` : '';
  throw new AlderError(
    'topic-missing',
    `kafka: topic ${needed.topic} is missing and could not be made${reason}`,
    {
      cause: refusal,
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
 * The error of a try to make the topic, undefined when it worked. An error is not the last word: kafkajs throws
 * UNKNOWN_TOPIC_OR_PARTITION for a topic that was made but has no leader yet, and another process may have been faster.
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
 * Throws `topic-compacted` when the topic's cleanup policy compacts: rows have no key, and deleting any of them would
 * change what a version was made from. A user who may not see the policy gets a notice.
 */
export async function refuseCompacted(admin: Admin, topic: string, notice: Notice): Promise<void> {
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
      hint: `set it: kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config cleanup.policy=delete`,
    },
  );
}

import type { Admin } from 'kafkajs';
import { AlderError } from '../../errors';
import { systemClock } from '../../runtime/clock';
import { rejectedTopic } from '../row-log';
import { isConnectionFault, kafkaFault, rowLogError } from './faults';
import { type Notice, Trouble } from './notices';
import { ensureTopic, refuseCompacted } from './topics';

const RETRY_MS = 500;

export interface OpenedTopics {
  readonly clusterId: string;
  readonly partitionCount: number;
}

export interface TopicsToOpen {
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Partitions of the row topic when it has to be made; that of the rejected rows gets one. */
  readonly partitions: number;
  readonly openTimeoutMs: number;
}

/**
 * Finds or makes the topics of rows and of rejected rows, and asks which cluster this is. A cluster that does not
 * answer is tried until `openTimeoutMs`, since it may be starting as well; then `log-unavailable`, which a retry may
 * cure. Throws `topic-missing`, `log-forbidden` and `topic-compacted`.
 */
export async function openTopics(
  newAdmin: () => Admin,
  asked: TopicsToOpen,
  notice: Notice,
): Promise<OpenedTopics> {
  const sinceMs = systemClock.monotonicMs();
  let admin = newAdmin();
  const trouble = new Trouble(`connecting to ${asked.brokers.join(',')}`, notice);
  try {
    for (;;) {
      try {
        const opened = await tryToOpen(admin, asked, notice);
        trouble.over();
        return opened;
      } catch (error) {
        const mayPass = !(error instanceof AlderError) && kafkaFault(error) === 'passing';
        if (mayPass) trouble.met(error);
        if (!mayPass || systemClock.monotonicMs() - sinceMs >= asked.openTimeoutMs) {
          const needed = { topic: asked.topic, onTopic: 'Describe' } as const;
          throw rowLogError(error, `connecting to ${asked.brokers.join(',')}`, needed);
        }
        if (isConnectionFault(error)) {
          // This one might stay with the broker that does not answer. Nobody waits for its open requests.
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

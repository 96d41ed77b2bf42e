import { invariant } from '../../errors';
import type { OffsetMirror } from '../offset-mirror';
import type { ClusterPool } from './cluster-pool';
import type { NeededRights } from './rights';
import type { TopicCluster } from './topic-cluster';

/** Kafka's own limit, in bytes of UTF-8. */
const METADATA_BYTES_MAX = 4_096;

/** A commit without membership: no generation, no member. Kafka takes it as long as the group has no members. */
const WITHOUT_MEMBERSHIP = { groupGenerationId: -1, memberId: '', retentionTime: -1 };

/**
 * Writes the offsets as those of a consumer group that never has a member, so that lag tools can show them. Kafka
 * forgets them seven days after the last commit (offsets.retention.minutes), and with the topic when it is deleted.
 */
export function kafkaOffsetMirror(pool: ClusterPool, topic: string, groupId: string): OffsetMirror {
  const needed: NeededRights = { topic, onTopic: 'Read', group: groupId };
  return {
    async mirror(nextOffsets, metadata) {
      invariant(Buffer.byteLength(metadata) <= METADATA_BYTES_MAX, 'mirror metadata has at most 4,096 bytes');
      const partitions = [...nextOffsets].map(([partition, next]) => ({
        partition,
        offset: String(next),
        metadata,
      }));
      const commit = async (source: TopicCluster): Promise<void> => {
        await source.leaders();
        // Asked each time: a group's coordinator moves when its broker goes away.
        const coordinator = await source.cluster.findGroupCoordinator({ groupId });
        await coordinator.offsetCommit({ groupId, ...WITHOUT_MEMBERSHIP, topics: [{ topic, partitions }] });
      };
      await pool.call(`mirroring offsets to group ${groupId}`, commit, needed);
    },

    async read() {
      const look = async (source: TopicCluster): Promise<string | null> => {
        const partitions = (await source.leaders()).map(({ partition }) => ({ partition }));
        const coordinator = await source.cluster.findGroupCoordinator({ groupId });
        const { responses } = await coordinator.offsetFetch({ groupId, topics: [{ topic, partitions }] });
        const committed = responses.flatMap((answer) => answer.partitions);
        // All partitions were written together; one that somebody reset since, or that is new, has no text.
        return committed.find(({ metadata }) => metadata !== null && metadata !== '')?.metadata ?? null;
      };
      return await pool.call(`reading the offsets of group ${groupId}`, look, needed);
    },
  };
}

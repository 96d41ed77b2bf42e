import { invariant } from '../../errors';
import type { OffsetMirror } from '../offset-mirror';
import type { ClusterPool } from './cluster-pool';
import type { NeededRights } from './rights';

/** Kafka's own limit, in bytes of UTF-8. */
const METADATA_BYTES_MAX = 4_096;

/**
 * Writes the offsets as those of a consumer group that never has a member, so that lag tools can show them. Kafka
 * deletes them seven days after the last commit (offsets.retention.minutes), and with the topic.
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
      const doing = `mirroring offsets to group ${groupId}`;
      await pool.call(doing, (source) => source.commitOffsets(groupId, partitions), needed);
    },

    async read() {
      const doing = `reading the offsets of group ${groupId}`;
      const committed = await pool.call(doing, (source) => source.committedOffsets(groupId), needed);
      // All partitions were written together; a partition that was reset or added since has no metadata.
      return committed.find(({ metadata }) => metadata !== null && metadata !== '')?.metadata ?? null;
    },
  };
}

import type { OffsetRange, PartitionBounds, ReadBounds, ReadPosition } from './row-log';

/** The most messages that one append takes: kafkajs is quadratic in the length of a send. */
export const APPEND_MESSAGES_MAX = 1_000;

export const DEFAULT_READ_BOUNDS: ReadBounds = {
  blockMessagesMax: 10_000,
  blockBytesMax: 1_048_576,
  waitMsMax: 250,
};

/** The ranges between a position and the ends, for each partition that has messages there. */
export function rangesFrom(from: ReadPosition, bounds: readonly PartitionBounds[]): OffsetRange[] {
  return bounds.flatMap(({ partition, earliest, end }) => {
    const named = from.get(partition);
    if (named === null) return [];
    const first = Math.max(named ?? 0, earliest);
    return first < end ? [{ partition, from: first, next: end }] : [];
  });
}

/**
 * A copy of the newest record's position for tools that watch lag. It is never read to decide where to go on, and
 * failing is never fatal: it is tried again until a newer version takes its place.
 */
export interface OffsetMirror {
  /** Writes the next offset of every partition with at most 4,096 bytes of metadata; throws `log-unavailable`. */
  mirror(nextOffsets: ReadonlyMap<number, number>, metadata: string): Promise<void>;
}

/**
 * A copy of the newest record's position beside the log, for tools that watch lag. It never decides where to go on,
 * and failing to write it is never fatal: it is tried again until a newer version takes its place.
 *
 * Its metadata is the log's only memory of the registry, so a registry that was emptied or fell behind is known by it.
 */
export interface OffsetMirror {
  /** Writes the next offset of every partition with at most 4,096 bytes of metadata; throws `log-unavailable`. */
  mirror(nextOffsets: ReadonlyMap<number, number>, metadata: string): Promise<void>;

  /**
   * The metadata as last written; null when there is none, since nothing was mirrored yet, the log forgot it, or
   * somebody reset the offsets. Throws `log-unavailable`.
   */
  read(): Promise<string | null>;
}

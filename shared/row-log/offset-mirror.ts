/**
 * A copy of the newest record's position beside the log, for tools that watch lag. No trainer resumes from it, and a
 * failed write is never fatal: it is retried until a newer version replaces it.
 *
 * Its metadata is the log's only memory of the registry: it reveals a registry that was emptied or fell behind.
 */
export interface OffsetMirror {
  /** Writes the next offset of every partition with at most 4,096 bytes of metadata; throws `log-unavailable`. */
  mirror(nextOffsets: ReadonlyMap<number, number>, metadata: string): Promise<void>;

  /**
   * The metadata as last written; null before the first write, and after the log dropped the offsets or somebody reset
   * them. Throws `log-unavailable`.
   */
  read(): Promise<string | null>;
}

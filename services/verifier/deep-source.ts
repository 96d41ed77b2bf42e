import type { Schema } from '../../shared/row/schema';

/**
 * What the deep verifier reads, by clients of its own: the log's messages as they are stored and the registry's texts
 * as they are stored. Nothing here is decoded by the code that it verifies, and nothing is ever written.
 */
export interface DeepSource {
  readonly model: string;
  readonly schema: Schema;
  readonly log: RawLog;
  readonly registry: RawRegistry;
  close(): Promise<void>;
}

export interface RawLog {
  readonly kind: 'embedded' | 'kafka';
  readonly clusterId: string;
  readonly topic: string;
  /** Whether a message carries a key; the embedded log has none. */
  readonly hasKeys: boolean;
  /** Whether the oldest messages may go by themselves; else one that is missing was taken away. */
  readonly hasRetention: boolean;
  /** Opens the topic of the rows, or the one of the rejected rows, for one pass. Throws `log-unavailable`, `topic-missing`. */
  open(which: 'rows' | 'rejected'): Promise<RawTopic>;
}

/** One pass over a topic, partition by partition or in turns, as it stood when it was opened. */
export interface RawTopic {
  /** In partition order. */
  readonly bounds: readonly RawBounds[];
  /**
   * The next messages of one partition in the order of their offsets, and the offset behind them, at least one further
   * than before; null at `end`. Throws `log-unavailable`, and `log-range-gone` when retention overtakes the pass.
   */
  read(partition: number): Promise<RawRun | null>;
  close(): Promise<void>;
}

/** [earliest, end) of one partition when the topic was opened. */
export interface RawBounds {
  readonly partition: number;
  readonly earliest: number;
  readonly end: number;
}

export interface RawRun {
  readonly messages: readonly RawMessage[];
  /** The next offset to read: control records and deleted messages behind the last one are stepped over. */
  readonly next: number;
}

export interface RawMessage {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly value: Uint8Array | null;
}

export interface RawRegistry {
  /** One consistent view of everything but the texts of versions. Throws `registry-unavailable`. */
  view(): Promise<RegistryView>;
  /** What is stored of a version, read at one moment: a version that is retired meanwhile has both texts, or neither. */
  texts(version: number): Promise<VersionTexts>;
}

/** Null for what is not stored. */
export interface VersionTexts {
  readonly record: string | null;
  readonly tree: string | null;
}

export interface RegistryView {
  readonly newest: { readonly version: number; readonly recordDigest: string } | null;
  readonly aliases: ReadonlyMap<string, { readonly version: number; readonly revision: number }>;
  readonly previousChampion: number | null;
  /** Epoch of the lease; 0 before any was taken. */
  readonly epoch: number;
  /** Versions that have a record, and those that have a tree; ascending. */
  readonly records: readonly number[];
  readonly trees: readonly number[];
  /** Entries as JSON texts, oldest first. */
  readonly journal: readonly string[];
}

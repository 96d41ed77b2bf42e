import type { Schema } from '../../shared/row/schema';

/**
 * The port of the deep verifier: the stored messages of the log and the stored texts of the registry, read by clients of
 * its own. An adapter never writes, and shares no decoder with the code that is verified.
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
  /** Whether retention may delete the oldest messages; without it, a missing message was removed by somebody. */
  readonly hasRetention: boolean;
  /** Opens the row topic or the dead-letter topic for one pass. Throws `log-unavailable`, `topic-missing`. */
  open(which: 'rows' | 'rejected'): Promise<RawTopic>;
}

/** One pass over a topic up to the ends at its opening; partitions may be read in any order. */
export interface RawTopic {
  /** In partition order. */
  readonly bounds: readonly RawBounds[];
  /**
   * The next messages of one partition in offset order, and the offset behind them, which is larger after every call;
   * null at `end`. Throws `log-unavailable`, and `log-range-gone` when retention overtakes the pass.
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
  /** The next offset to read; it lies behind control records and deleted messages after the last message. */
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
  /** One consistent view of the registry without the texts of versions. Throws `registry-unavailable`. */
  view(): Promise<RegistryView>;
  /** The stored texts of a version, read together: a version that is retired meanwhile has both texts or none. */
  texts(version: number): Promise<VersionTexts>;
}

/** A text that is not stored is null. */
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

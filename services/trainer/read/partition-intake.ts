import { Breaker } from '../guard/breaker/breaker';
import { PartitionRows } from '../window/partition-rows';
import { PendingMessages } from './pending-messages';

/** How far one partition is in the newest version, cumulative since `start`. */
export interface PartitionProgress {
  readonly start: number;
  readonly windowFrom: number;
  /** The next offset that no version has cut yet. */
  readonly next: number;
  readonly messages: number;
  readonly accepted: number;
  readonly rejected: number;
  /** The record's words about the last message below `next`. */
  readonly last: { readonly offset: string; readonly sha256: string; readonly timestampMs: number } | null;
}

/**
 * One partition on its way into versions: what the newest version holds, and what was read since. It begins with a
 * store that holds just the newest version's window.
 */
export class PartitionIntake {
  readonly partition: number;
  readonly store: PartitionRows;
  readonly pending = new PendingMessages();
  readonly breaker: Breaker;
  progress: PartitionProgress;
  /** The next offset to read; everything below is in `progress` or pending. */
  position: number;
  /** Rows of the store that the newest version's lineage covers; the rest is pending. */
  rowsCut: number;

  constructor(store: PartitionRows, progress: PartitionProgress, breaker = new Breaker()) {
    this.breaker = breaker;
    this.partition = store.partition;
    this.store = store;
    this.rowsCut = store.rows.rowCount;
    this.progress = progress;
    this.position = progress.next;
  }

  static startingAt(
    partition: number,
    featureCount: number,
    offset: number,
    breaker?: Breaker,
  ): PartitionIntake {
    const nothing = { messages: 0, accepted: 0, rejected: 0, last: null };
    const progress = { start: offset, windowFrom: offset, next: offset, ...nothing };
    return new PartitionIntake(new PartitionRows(partition, featureCount), progress, breaker);
  }
}

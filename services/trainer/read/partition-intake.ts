import { PackedValues } from '../../../shared/row-log/packed-values';
import { PartitionRows } from '../window/partition-rows';
import { Breaker } from './breaker';
import type { BlockRead } from './read-block';

/** How much of a partition the newest version covers; counts are cumulative since `start`. */
export interface PartitionProgress {
  readonly start: number;
  readonly windowFrom: number;
  /** The next offset that no version has cut yet. */
  readonly next: number;
  readonly messages: number;
  readonly accepted: number;
  readonly rejected: number;
  /** The last message below `next`, as the record names it. */
  readonly last: { readonly offset: string; readonly sha256: string; readonly timestampMs: number } | null;
}

/**
 * One partition on its way into versions: the progress of the newest version, and the messages that were read since.
 * The given store holds the window of the newest version and nothing else.
 */
export class PartitionIntake {
  readonly partition: number;
  readonly store: PartitionRows;
  readonly pending = new PendingMessages();
  readonly breaker: Breaker;
  progress: PartitionProgress;
  /** The next offset to read; every message below it is in `progress` or pending. */
  position: number;
  /** Rows of the store that the newest version's lineage covers; the rows behind them are pending. */
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

/** The newest message of a run. A record names it as `last`; its value is hashed only when a cut ends there. */
export interface LastMessage {
  readonly offset: number;
  readonly value: Uint8Array | null;
  readonly timestampMs: number;
}

/**
 * One message with accepted rows and the messages without accepted rows that follow it, or the sum of several runs. The
 * accepted rows that wait bound the number of runs: a flood of bad rows makes one run longer and adds no run.
 */
interface PendingRun {
  readonly messages: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly last: LastMessage;
  /** Newest timestamp of a message with accepted rows, −1 where there is none. */
  readonly newestRowMs: number;
}

const CAPACITY_MIN = 64;

/**
 * Messages of one partition that were read and that no cut has taken yet, oldest first. A run is an index into parallel
 * arrays: a quarter of a million runs may wait, and as many objects would load the garbage collector.
 */
export class PendingMessages {
  private messages = new Float64Array(CAPACITY_MIN);
  private accepted = new Float64Array(CAPACITY_MIN);
  private rejected = new Float64Array(CAPACITY_MIN);
  private newestRowMs = new Float64Array(CAPACITY_MIN);
  /** The messages that hold a run's last message, and its index among them. */
  private readonly lastAmong: (ReadMessages | null)[] = [];
  private lastIndices = new Float64Array(CAPACITY_MIN);
  /** The runs are the indices [head, end). */
  private head = 0;
  private end = 0;
  /** False when the next message has to begin a new run. */
  private isNewestOpen = false;

  add({ offset, value, timestampMs }: LastMessage, accepted: number, rejected: number): void {
    const alone = { offsets: [offset], timestampsMs: [timestampMs], values: PackedValues.of([value]) };
    this.push(alone, 0, accepted, rejected);
  }

  /** Adds the messages that were read of a block. */
  addBlock({ block, values, first, end, acceptedRows, rejectedRows }: BlockRead): void {
    const among = { offsets: block.offsets, timestampsMs: block.timestampsMs, values };
    for (let i = first; i < end; i++) this.push(among, i, acceptedRows[i - first]!, rejectedRows[i - first]!);
  }

  get runCount(): number {
    return this.end - this.head;
  }

  /** Accepted rows of the i-th oldest run. */
  acceptedOf(i: number): number {
    return this.accepted[this.head + i]!;
  }

  /** The i-th oldest run. */
  run(i: number): PendingRun {
    return this.sum(i, i + 1);
  }

  /** The sum of the runs from the `from`-th oldest up to, and without, the `to`-th; at least one run. */
  sum(from: number, to: number): PendingRun {
    let messages = 0;
    let accepted = 0;
    let rejected = 0;
    let newestRowMs = -1;
    for (let at = this.head + from; at < this.head + to; at++) {
      messages += this.messages[at]!;
      accepted += this.accepted[at]!;
      rejected += this.rejected[at]!;
      newestRowMs = Math.max(newestRowMs, this.newestRowMs[at]!);
    }
    const newest = this.head + to - 1;
    const { offsets, values, timestampsMs } = this.lastAmong[newest]!;
    const i = this.lastIndices[newest]!;
    const last = { offset: offsets[i]!, value: values.at(i), timestampMs: timestampsMs[i]! };
    return { messages, accepted, rejected, last, newestRowMs };
  }

  /** Closes the newest run: messages that are read later begin a new one, so a cut that counted the run stays right. */
  seal(): void {
    this.isNewestOpen = false;
  }

  drop(runs: number): void {
    // A value keeps all bytes alive that were fetched with it, so free places must not refer to any.
    this.lastAmong.fill(null, this.head, this.head + runs);
    this.head += runs;
    if (this.runCount === 0) {
      this.isNewestOpen = false;
      this.head = 0;
      this.end = 0;
    }
  }

  private push(among: ReadMessages, index: number, accepted: number, rejected: number): void {
    if (accepted > 0 || !this.isNewestOpen) {
      if (this.end === this.messages.length) this.grow();
      const at = this.end++;
      this.messages[at] = 1;
      this.accepted[at] = accepted;
      this.rejected[at] = rejected;
      this.newestRowMs[at] = accepted > 0 ? among.timestampsMs[index]! : -1;
      this.isNewestOpen = true;
    } else {
      this.messages[this.end - 1]!++;
      this.rejected[this.end - 1]! += rejected;
    }
    this.lastAmong[this.end - 1] = among;
    this.lastIndices[this.end - 1] = index;
  }

  /** Moves the runs to the front of the arrays, or into arrays of twice the size when more than half is in use. */
  private grow(): void {
    const { head, end, runCount } = this;
    const isCrowded = runCount * 2 > this.messages.length;
    const moved = (runs: Float64Array<ArrayBuffer>) => {
      if (!isCrowded) return runs.copyWithin(0, head, end);
      const into = new Float64Array(runs.length * 2);
      into.set(runs.subarray(head, end));
      return into;
    };
    this.messages = moved(this.messages);
    this.accepted = moved(this.accepted);
    this.rejected = moved(this.rejected);
    this.newestRowMs = moved(this.newestRowMs);
    this.lastIndices = moved(this.lastIndices);
    this.lastAmong.splice(0, head);
    this.head = 0;
    this.end = runCount;
  }
}

/** Messages that were read together. */
interface ReadMessages {
  readonly offsets: readonly number[];
  readonly timestampsMs: readonly number[];
  readonly values: PackedValues;
}

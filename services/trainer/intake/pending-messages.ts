import { createHash } from 'node:crypto';
import type { BlockRead } from './read-block';

/** What some messages add to a partition's ledger. */
export interface LedgerStep {
  readonly messages: number;
  readonly accepted: number;
  readonly rejected: number;
}

/** The newest message of a run: what a record names as `last`, hashed only when a cut really ends there. */
export interface LastMessage {
  readonly offset: number;
  readonly value: Uint8Array | null;
  readonly timestampMs: number;
}

/**
 * One message with accepted rows and the messages without any that follow it; or several such runs as one. A flood of
 * bad rows therefore adds to one run and not to the queue: its length is bounded by the accepted rows that wait.
 */
export interface PendingRun extends LedgerStep {
  readonly last: LastMessage;
  /** Newest timestamp of a message with accepted rows, −1 where there is none. */
  readonly newestRowMs: number;
}

const CAPACITY_MIN = 64;

/**
 * Messages of one partition that were read and not cut yet, oldest first. A run is a place in parallel arrays, since a
 * quarter of a million of them may wait and an object for each is work for the garbage collector.
 */
export class PendingMessages {
  private messages = new Float64Array(CAPACITY_MIN);
  private accepted = new Float64Array(CAPACITY_MIN);
  private rejected = new Float64Array(CAPACITY_MIN);
  private newestRowMs = new Float64Array(CAPACITY_MIN);
  private lastOffsets = new Float64Array(CAPACITY_MIN);
  private lastTimestampsMs = new Float64Array(CAPACITY_MIN);
  private readonly lastValues: (Uint8Array | null)[] = [];
  /** The runs are the places [head, end). */
  private head = 0;
  private end = 0;
  private mayJoinNewest = false;

  add({ offset, value, timestampMs }: LastMessage, accepted: number, rejected: number): void {
    this.push(offset, value, timestampMs, accepted, rejected);
  }

  /** Adds what was read of a block, in its order. */
  addBlock({ block, first, end, acceptedRows, rejectedRows }: BlockRead): void {
    const { offsets, values, timestampsMs } = block;
    for (let i = first; i < end; i++) {
      this.push(
        offsets[i]!,
        values[i]!,
        timestampsMs[i]!,
        acceptedRows[i - first]!,
        rejectedRows[i - first]!,
      );
    }
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

  /** The i-th oldest runs for i in [from, to), as one; at least one of them. */
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
    const last = {
      offset: this.lastOffsets[newest]!,
      value: this.lastValues[newest]!,
      timestampMs: this.lastTimestampsMs[newest]!,
    };
    return { messages, accepted, rejected, last, newestRowMs };
  }

  /** Leaves the newest run as it is from now on: a cut has counted it. */
  seal(): void {
    this.mayJoinNewest = false;
  }

  drop(runs: number): void {
    // A value is a view of all that was fetched with it, so a place that is free must not hold it.
    this.lastValues.fill(null, this.head, this.head + runs);
    this.head += runs;
    if (this.runCount === 0) {
      this.mayJoinNewest = false;
      this.head = 0;
      this.end = 0;
    }
  }

  private push(
    offset: number,
    value: Uint8Array | null,
    timestampMs: number,
    accepted: number,
    rejected: number,
  ): void {
    const isNewRun = accepted > 0 || !this.mayJoinNewest;
    if (isNewRun) {
      if (this.end === this.messages.length) this.makeRoom();
      this.messages[this.end] = 0;
      this.accepted[this.end] = accepted;
      this.rejected[this.end] = 0;
      this.newestRowMs[this.end] = accepted > 0 ? timestampMs : -1;
      this.end++;
      this.mayJoinNewest = true;
    }
    const newest = this.end - 1;
    this.messages[newest]!++;
    this.rejected[newest]! += rejected;
    this.lastOffsets[newest] = offset;
    this.lastTimestampsMs[newest] = timestampMs;
    this.lastValues[newest] = value;
  }

  /** Moves the runs to the front; into arrays of twice the size when they fill more than half of these. */
  private makeRoom(): void {
    const { head, end, runCount } = this;
    const capacity = this.messages.length * (runCount * 2 > this.messages.length ? 2 : 1);
    const moved = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const into = new Float64Array(capacity);
      into.set(from.subarray(head, end));
      return into;
    };
    this.messages = moved(this.messages);
    this.accepted = moved(this.accepted);
    this.rejected = moved(this.rejected);
    this.newestRowMs = moved(this.newestRowMs);
    this.lastOffsets = moved(this.lastOffsets);
    this.lastTimestampsMs = moved(this.lastTimestampsMs);
    this.lastValues.splice(0, head);
    this.head = 0;
    this.end = runCount;
  }
}

/** Hex sha256 of a message's value; a null value hashes as no bytes. */
export function valueSha256(value: Uint8Array | null): string {
  return createHash('sha256')
    .update(value ?? new Uint8Array(0))
    .digest('hex');
}

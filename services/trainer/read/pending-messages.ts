import { createHash } from 'node:crypto';
import { PackedValues } from '../../../shared/row-log/packed-values';
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
  /** The messages among which a run's last one is, and which of them it is. */
  private readonly lastAmong: (ReadMessages | null)[] = [];
  private lastPlaces = new Float64Array(CAPACITY_MIN);
  /** The runs are the places [head, end). */
  private head = 0;
  private end = 0;
  private mayJoinNewest = false;

  add({ offset, value, timestampMs }: LastMessage, accepted: number, rejected: number): void {
    const alone = { offsets: [offset], timestampsMs: [timestampMs], values: PackedValues.of([value]) };
    this.push(alone, 0, accepted, rejected);
  }

  /** Adds what was read of a block, in its order. */
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
    const { offsets, values, timestampsMs } = this.lastAmong[newest]!;
    const place = this.lastPlaces[newest]!;
    const last = { offset: offsets[place]!, value: values.at(place), timestampMs: timestampsMs[place]! };
    return { messages, accepted, rejected, last, newestRowMs };
  }

  /** Leaves the newest run as it is from now on: a cut has counted it. */
  seal(): void {
    this.mayJoinNewest = false;
  }

  drop(runs: number): void {
    // A value lies in all that was fetched with it, so a place that is free must not hold it.
    this.lastAmong.fill(null, this.head, this.head + runs);
    this.head += runs;
    if (this.runCount === 0) {
      this.mayJoinNewest = false;
      this.head = 0;
      this.end = 0;
    }
  }

  private push(among: ReadMessages, place: number, accepted: number, rejected: number): void {
    if (accepted > 0 || !this.mayJoinNewest) {
      if (this.end === this.messages.length) this.makeRoom();
      const at = this.end++;
      this.messages[at] = 1;
      this.accepted[at] = accepted;
      this.rejected[at] = rejected;
      this.newestRowMs[at] = accepted > 0 ? among.timestampsMs[place]! : -1;
      this.mayJoinNewest = true;
    } else {
      this.messages[this.end - 1]!++;
      this.rejected[this.end - 1]! += rejected;
    }
    this.lastAmong[this.end - 1] = among;
    this.lastPlaces[this.end - 1] = place;
  }

  /** Moves the runs to the front; into arrays of twice the size when they fill more than half of these. */
  private makeRoom(): void {
    const { head, end, runCount } = this;
    const isCrowded = runCount * 2 > this.messages.length;
    const room = (runs: Float64Array<ArrayBuffer>) => {
      if (!isCrowded) return runs.copyWithin(0, head, end);
      const into = new Float64Array(runs.length * 2);
      into.set(runs.subarray(head, end));
      return into;
    };
    this.messages = room(this.messages);
    this.accepted = room(this.accepted);
    this.rejected = room(this.rejected);
    this.newestRowMs = room(this.newestRowMs);
    this.lastPlaces = room(this.lastPlaces);
    this.lastAmong.splice(0, head);
    this.head = 0;
    this.end = runCount;
  }
}

/** Messages that were read together, of which a run may end with any. */
interface ReadMessages {
  readonly offsets: readonly number[];
  readonly timestampsMs: readonly number[];
  readonly values: PackedValues;
}

/** Hex sha256 of a message's value; a null value hashes as no bytes. */
export function valueSha256(value: Uint8Array | null): string {
  return createHash('sha256')
    .update(value ?? new Uint8Array(0))
    .digest('hex');
}

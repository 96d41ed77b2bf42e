import { createHash } from 'node:crypto';

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
 * One message with accepted rows and the messages without any that follow it. A flood of bad rows therefore adds to
 * one run and not to the queue: its length is bounded by the accepted rows that wait.
 */
export interface PendingRun extends LedgerStep {
  readonly last: LastMessage;
  /** Newest timestamp of a message with accepted rows, −1 where there is none. */
  readonly newestRowMs: number;
}

/** Messages of one partition that were read and not cut yet, oldest first. */
export class PendingMessages {
  private readonly runs: PendingRun[] = [];
  private head = 0;
  private mayJoinNewest = false;

  add(message: LastMessage, accepted: number, rejected: number): void {
    const newest = this.runs.length - 1;
    const newestRowMs = accepted > 0 ? message.timestampMs : -1;
    if (accepted > 0 || !this.mayJoinNewest) {
      this.runs.push({ messages: 1, accepted, rejected, last: message, newestRowMs });
      this.mayJoinNewest = true;
      return;
    }
    const run = this.runs[newest]!;
    this.runs[newest] = {
      ...run,
      messages: run.messages + 1,
      rejected: run.rejected + rejected,
      last: message,
    };
  }

  get runCount(): number {
    return this.runs.length - this.head;
  }

  /** The i-th oldest run. */
  run(i: number): PendingRun {
    return this.runs[this.head + i]!;
  }

  /** Leaves the newest run as it is from now on: a cut has counted it. */
  seal(): void {
    this.mayJoinNewest = false;
  }

  drop(runs: number): void {
    this.head += runs;
    if (this.runCount === 0) this.mayJoinNewest = false;
    if (this.head > 1_024 && this.head * 2 > this.runs.length) {
      this.runs.splice(0, this.head);
      this.head = 0;
    }
  }
}

/** Hex sha256 of a message's value; a null value hashes as no bytes. */
export function valueSha256(value: Uint8Array | null): string {
  return createHash('sha256')
    .update(value ?? new Uint8Array(0))
    .digest('hex');
}

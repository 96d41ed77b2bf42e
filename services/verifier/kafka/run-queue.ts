import type { RawRun } from '../deep-source';

/** Bytes of values that may wait in one partition before its fetching pauses, and at which it goes on. */
const PAUSE_BYTES = 4 * 1_048_576;
const RESUME_BYTES = 1_048_576;

/** A silence longer than this is a fault: an open transaction, a topic that was made anew, a broker that hangs. */
const SILENCE_MS_MAX = 60_000;

/** Asks the consumer to fetch a partition, or to leave it alone for a while. */
export interface FetchControl {
  pause(partition: number): void;
  resume(partition: number): void;
}

/** Runs of one partition between a consumer that pushes and a reader that pulls, bounded by pausing the fetching. */
export class RunQueue {
  private readonly runs: { readonly run: RawRun; readonly bytes: number }[] = [];
  private bytes = 0;
  private isPaused = false;
  private waiter: { resolve(run: RawRun): void; reject(error: Error): void } | null = null;
  private fault: Error | null = null;

  constructor(
    private readonly partition: number,
    private readonly control: FetchControl,
  ) {}

  push(run: RawRun): void {
    const bytes = run.messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    const waiter = this.waiter;
    if (waiter !== null) {
      this.waiter = null;
      waiter.resolve(run);
      return;
    }
    this.runs.push({ run, bytes });
    this.bytes += bytes;
    if (this.bytes < PAUSE_BYTES || this.isPaused) return;
    this.isPaused = true;
    this.control.pause(this.partition);
  }

  /** The oldest run; waits for one. Throws what `fail` was told, and when nothing comes for a minute. */
  async next(): Promise<RawRun> {
    if (this.fault !== null) throw this.fault;
    const oldest = this.runs.shift();
    if (oldest === undefined) return this.pushed();
    this.bytes -= oldest.bytes;
    if (this.isPaused && this.bytes <= RESUME_BYTES) {
      this.isPaused = false;
      this.control.resume(this.partition);
    }
    return oldest.run;
  }

  fail(fault: Error): void {
    this.fault ??= fault;
    this.waiter?.reject(fault);
    this.waiter = null;
  }

  private async pushed(): Promise<RawRun> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<RawRun>((resolve, reject) => {
        this.waiter = { resolve, reject };
        const silence = new Error(`partition ${this.partition} brought nothing for ${SILENCE_MS_MAX} ms`);
        timer = setTimeout(() => this.fail(silence), SILENCE_MS_MAX);
      });
    } finally {
      clearTimeout(timer);
    }
  }
}

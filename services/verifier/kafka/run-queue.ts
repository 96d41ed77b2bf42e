import type { RawRun } from '../deep-source';

/** Waiting bytes of one partition at which fetching pauses, and at which it resumes. */
const PAUSE_BYTES = 4 * 1_048_576;
const RESUME_BYTES = 1_048_576;

/** A longer silence is an error: an open transaction, a topic that was created again, or a broker that hangs. */
const SILENCE_MS_MAX = 60_000;

/** Pauses and resumes the fetching of a partition. */
interface FetchControl {
  pause(partition: number): void;
  resume(partition: number): void;
}

/** A queue of runs of one partition between the consumer and the reader. Backpressure pauses the fetching. */
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

  /** Waits for the oldest run. Throws the error of `fail`, and an error after a minute without a run. */
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

import { type ErrorCode, isAlderError } from '../../shared/errors';
import type { Clock } from '../../shared/runtime/clock';
import type { Log } from '../../shared/runtime/log';

/** Trouble with the log is told again this often while it lasts. */
const TELL_MS = 10_000;

/**
 * Tells that rows wait for a log that fails or does not answer: at the first failure, then every `TELL_MS` until the log
 * takes rows again, which is told too. An adapter may try for a minute before it fails, so a log that says nothing is
 * told of as well.
 */
export class WaitingRows {
  private toldAtMs: number | null = null;
  private sinceMs: number | null = null;
  private reason: { readonly code: ErrorCode; readonly message: string } | null = null;

  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
    /** Rows that are due and not acknowledged; null before it is known which they are. */
    private readonly rowCount: () => number | null,
  ) {}

  /** Gives what a call to the log gives, and tells if it takes long. That it ended does not end the trouble: `over` does. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    this.sinceMs ??= this.clock.monotonicMs();
    const over = new AbortController();
    void this.tellWhileWaiting(over.signal);
    try {
      return await call();
    } finally {
      over.abort();
    }
  }

  /** A failure that is tried again. */
  met(error: unknown): void {
    const code = isAlderError(error) ? error.code : 'log-unavailable';
    this.reason = { code, message: error instanceof Error ? error.message : String(error) };
    this.tell();
  }

  /** The log took the rows, or turned out to have them. */
  over(): void {
    if (this.toldAtMs !== null) {
      this.log.info('append-recovered', `the log answers again after ${this.waitedSeconds()} s`);
    }
    this.sinceMs = null;
    this.toldAtMs = null;
    this.reason = null;
  }

  private async tellWhileWaiting(over: AbortSignal): Promise<void> {
    for (;;) {
      await this.clock.sleep(TELL_MS, over);
      if (over.aborted) return;
      this.tell();
    }
  }

  private tell(): void {
    const nowMs = this.clock.monotonicMs();
    if (this.toldAtMs !== null && nowMs - this.toldAtMs < TELL_MS) return;
    this.toldAtMs = nowMs;
    const rows = this.rowCount();
    const { code, message } = this.reason ?? { code: 'append-waits', message: 'the log does not answer' };
    const what = rows === null ? 'sending waits to begin' : `${rows} rows wait to be acknowledged`;
    this.log.warn(code, `${what}, for ${this.waitedSeconds()} s so far: ${message}`);
  }

  private waitedSeconds(): number {
    const nowMs = this.clock.monotonicMs();
    return Math.round((nowMs - (this.sinceMs ?? nowMs)) / 1_000);
  }
}

import { isAlderError } from '../errors';
import { type Clock, systemClock } from './clock';
import type { Log } from './log';

interface OutageNoticeOptions {
  readonly clock?: Pick<Clock, 'monotonicMs' | 'sleep'>;
  /** Milliseconds between two reports of one outage; without it an outage is reported once. */
  readonly repeatMs?: number;
  /** Reports that the outage began or goes on; `error` is null while a watched call gives no answer at all. */
  readonly onOutage: (error: unknown | null, lastedMs: number) => void;
  /** Reports the end of an outage that was reported. */
  readonly onRecovery?: (lastedMs: number) => void;
}

/**
 * Reports one neighbour's outages: the first failure, then a repetition every `repeatMs`, then the recovery. Failures
 * in between are counted as the same outage, so retries cannot flood the log.
 */
export class OutageNotice {
  private readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  private sinceMs: number | null = null;
  private reportedAtMs: number | null = null;
  private lastError: unknown | null = null;

  constructor(private readonly options: OutageNoticeOptions) {
    this.clock = options.clock ?? systemClock;
  }

  /** True from the first failure until `recovered()`. */
  get isOut(): boolean {
    return this.reportedAtMs !== null;
  }

  failed(error: unknown): void {
    this.sinceMs ??= this.clock.monotonicMs();
    this.lastError = error;
    this.reportWhenDue();
  }

  recovered(): void {
    if (this.reportedAtMs !== null) this.options.onRecovery?.(this.lastedMs());
    this.sinceMs = null;
    this.reportedAtMs = null;
    this.lastError = null;
  }

  /**
   * Passes on what the call gives or throws, and reports an outage while it gives no answer for `repeatMs`. The outage
   * stays active until `recovered()` is called.
   */
  async watch<T>(call: () => Promise<T>): Promise<T> {
    this.sinceMs ??= this.clock.monotonicMs();
    const ended = new AbortController();
    void this.reportUntil(ended.signal);
    try {
      return await call();
    } finally {
      ended.abort();
    }
  }

  private async reportUntil(ended: AbortSignal): Promise<void> {
    const { repeatMs } = this.options;
    while (repeatMs !== undefined) {
      await this.clock.sleep(repeatMs, ended);
      if (ended.aborted) return;
      this.reportWhenDue();
    }
  }

  private reportWhenDue(): void {
    const { repeatMs = Number.POSITIVE_INFINITY, onOutage } = this.options;
    const nowMs = this.clock.monotonicMs();
    if (this.reportedAtMs !== null && nowMs - this.reportedAtMs < repeatMs) return;
    this.reportedAtMs = nowMs;
    onOutage(this.lastError, this.lastedMs());
  }

  private lastedMs(): number {
    const nowMs = this.clock.monotonicMs();
    return Math.round(nowMs - (this.sinceMs ?? nowMs));
  }
}

/** A notice that warns of an AlderError under its own code: once, or every `repeatMs`. `waiting` says who waits. */
export function outageWarning(
  waiting: string,
  log: Pick<Log, 'warn'>,
  options: Pick<OutageNoticeOptions, 'clock' | 'repeatMs'>,
): OutageNotice {
  const onOutage = (error: unknown) => {
    if (isAlderError(error)) log.warn(error.code, `${waiting}: ${error.message}`, error.fields);
  };
  return new OutageNotice({ ...options, onOutage });
}

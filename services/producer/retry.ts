import { isAlderError } from '../../shared/errors';
import type { Clock } from '../../shared/runtime/clock';
import type { OutageNotice } from '../../shared/runtime/outage-notice';

/** How long the log may fail before its error ends the run. */
export interface RetryPolicy {
  /** Tries of one call, the first included. */
  readonly attemptsMax: number;
  /** The wait after the first failure; it doubles up to `waitMsMax`. */
  readonly waitMsMin: number;
  readonly waitMsMax: number;
}

/** Waits of 0.1 + 0.2 + … + 3.2 + 13 · 5 s, some 70 s together, which is longer than the restart of a broker. */
export const DEFAULT_RETRY: RetryPolicy = { attemptsMax: 20, waitMsMin: 100, waitMsMax: 5_000 };

/** Whether the same call may succeed later. */
export function isTransient(error: unknown): boolean {
  return isAlderError(error) && (error.canRetry || error.code === 'log-failed');
}

/** Milliseconds to wait after the n-th failure, counted from 1. */
export function waitAfter(failure: number, policy: RetryPolicy): number {
  return Math.min(policy.waitMsMax, policy.waitMsMin * 2 ** (failure - 1));
}

/**
 * Repeats a call that changes nothing (a read) until it succeeds, and reports its failures as an outage. The caller ends
 * the outage. Null when the signal aborted. Throws the call's own error when it is not transient, or after `attemptsMax`
 * tries.
 */
export async function retried<T extends object>(
  call: () => Promise<T>,
  policy: RetryPolicy,
  clock: Clock,
  signal: AbortSignal,
  notice: OutageNotice,
): Promise<T | null> {
  for (let failures = 0; !signal.aborted; ) {
    try {
      return await notice.watch(call);
    } catch (error) {
      failures++;
      if (signal.aborted) return null;
      if (!isTransient(error) || failures >= policy.attemptsMax) throw error;
      notice.failed(error);
      await clock.sleep(waitAfter(failures, policy), signal);
    }
  }
  return null;
}

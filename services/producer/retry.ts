import { isAlderError } from '../../shared/errors';
import type { Clock } from '../../shared/runtime/clock';

/** How long a neighbour may fail before its error surfaces. */
export interface RetryPolicy {
  /** Tries of one step, the first included. */
  readonly attemptsMax: number;
  /** The wait after the first failure; it doubles up to `waitMsMax`. */
  readonly waitMsMin: number;
  readonly waitMsMax: number;
}

/** Waits 0.1 + 0.2 + … + 3.2 + 13 · 5 s: some 70 s, longer than a broker takes to restart. */
export const DEFAULT_RETRY: RetryPolicy = { attemptsMax: 20, waitMsMin: 100, waitMsMax: 5_000 };

/** Whether the same step may succeed later. */
export function isPassing(error: unknown): boolean {
  return isAlderError(error) && (error.canRetry || error.code === 'log-failed');
}

/** Milliseconds to wait after the given failure, counted from 1. */
export function waitAfter(failure: number, policy: RetryPolicy): number {
  return Math.min(policy.waitMsMax, policy.waitMsMin * 2 ** (failure - 1));
}

/**
 * Takes a step that changes nothing (a read) until it succeeds, and tells `onFailure` of each failure that is tried
 * again. Null when the signal aborted; throws the step's own error when it is not passing or came `attemptsMax` times.
 */
export async function retried<T extends object>(
  step: () => Promise<T>,
  policy: RetryPolicy,
  clock: Clock,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<T | null> {
  for (let failures = 0; !signal.aborted; ) {
    try {
      return await step();
    } catch (error) {
      failures++;
      if (signal.aborted) return null;
      if (!isPassing(error) || failures >= policy.attemptsMax) throw error;
      onFailure(error);
      await clock.sleep(waitAfter(failures, policy), signal);
    }
  }
  return null;
}

import { setTimeout as delay } from 'node:timers/promises';

/** Time, handed in: tests drive it by hand, so none of them sleeps. */
export interface Clock {
  /** Milliseconds that only ever rise; every wait and every lease is measured on it. */
  monotonicMs(): number;
  /** RFC 3339; for people to read, decides nothing. */
  wallTime(): string;
  /** Resolves after `ms`, or at once when the signal aborts. Never throws. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallTime: () => new Date().toISOString(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
};

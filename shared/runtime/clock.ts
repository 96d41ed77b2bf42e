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
  sleep,
};

/** By hand, since the promise of Node's timers makes two errors with their stacks for each sleep that ends early. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}

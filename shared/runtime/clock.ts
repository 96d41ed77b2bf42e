/** The time, handed in, so that tests set it by hand and never sleep. */
export interface Clock {
  /** Milliseconds that never decrease; all waits and leases are measured with this clock. */
  monotonicMs(): number;
  /** RFC 3339; for people to read, and never a base of decisions. */
  wallTime(): string;
  /** Resolves after `ms`, or at once when the signal aborts. Never throws. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallTime: () => new Date().toISOString(),
  sleep,
};

/** Node's timers/promises would make two errors with stacks for each sleep that ends early, so this promise is our own. */
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

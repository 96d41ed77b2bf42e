import { isAlderError } from '../../errors';
import type { RegistryState } from '../model-registry';

/** While the registry is away, the next look comes after this long even when polls are rarer. */
const AWAY_POLL_MS_MAX = 1_000;

/** A bell between whoever hears of a change and one watcher. Rings before the wait are not lost, and many are one. */
export class Wake {
  private rung = false;
  private promoted: number | null = null;
  private resume: (() => void) | null = null;

  ring(promoted: number | null = null): void {
    this.rung = true;
    this.promoted = promoted ?? this.promoted;
    this.resume?.();
  }

  /** The version that the last rings said became the champion, once. */
  takePromoted(): number | null {
    const { promoted } = this;
    this.promoted = null;
    return promoted;
  }

  /** Resolves at the next ring, after `waitMs`, or when the signal aborts. Never throws. */
  async wait(waitMs: number, signal: AbortSignal): Promise<void> {
    if (!this.rung && !signal.aborted && waitMs > 0) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.resume = null;
          resolve();
        };
        const timer = setTimeout(done, waitMs);
        signal.addEventListener('abort', done);
        this.resume = done;
      });
    }
    this.rung = false;
  }
}

/**
 * The state now, then after each ring and at least every `pollMs`, until the signal aborts. `loadState` is told which
 * version is said to have become the champion. States are loaded when
 * the reader asks for one, so a slow reader gets only the newest. While the registry is away nothing comes. Throws
 * what `loadState` throws, except `registry-unavailable`.
 */
export async function* watchState(
  loadState: (promoted: number | null) => Promise<RegistryState>,
  wake: Wake,
  pollMs: number,
  signal: AbortSignal,
): AsyncGenerator<RegistryState, void, undefined> {
  while (!signal.aborted) {
    const startedMs = performance.now();
    const state = await unlessAborted(loadWhenThere(loadState, wake.takePromoted()), signal);
    if (signal.aborted) return;
    if (state !== null) yield state;
    const pauseMs = state === null ? Math.min(pollMs, AWAY_POLL_MS_MAX) : pollMs;
    await wake.wait(startedMs + pauseMs - performance.now(), signal);
  }
}

async function loadWhenThere(
  loadState: (promoted: number | null) => Promise<RegistryState>,
  promoted: number | null,
): Promise<RegistryState | null> {
  try {
    return await loadState(promoted);
  } catch (error) {
    if (isAlderError(error, 'registry-unavailable', 'registry-closed')) return null;
    throw error;
  }
}

/** The promise's result, or null as soon as the signal aborts: a hung server must not hold up a stop. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  let stop = () => {};
  const aborted = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

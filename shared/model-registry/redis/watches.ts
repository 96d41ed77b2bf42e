import { isAlderError } from '../../errors';
import { systemClock } from '../../runtime/clock';
import { Signal } from '../../runtime/signal';
import type { RegistryState } from '../model-registry';
import type { Notify, RedisSession } from './session';
import { ChangesSubscription } from './subscription';

/** While the registry is away, a watch polls at least this often. */
const AWAY_POLL_MS_MAX = 1_000;

/** Loads the state. `promoted` is the new champion according to a hint, which may be fetched in the same round trip. */
type LoadState = (promoted: number | null) => Promise<RegistryState>;

interface RunningWatch {
  readonly hinted: Signal;
  readonly stop: AbortController;
  /** The version that the last hints named as the new champion. */
  promoted: number | null;
}

/** All running watches of one registry. They share one subscription, which the first watch makes. */
export class Watches {
  private readonly running = new Set<RunningWatch>();
  private subscription: ChangesSubscription | null = null;
  private isClosed = false;

  constructor(private readonly notify: Notify) {}

  /** ModelRegistry's `watch`. It also ends when the registry closes. */
  async *watch(
    session: RedisSession,
    loadState: LoadState,
    pollMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<RegistryState, void, undefined> {
    if (signal.aborted || this.isClosed) return;
    const watch: RunningWatch = { hinted: new Signal(), stop: new AbortController(), promoted: null };
    const abort = () => watch.stop.abort();
    signal.addEventListener('abort', abort);
    this.running.add(watch);
    this.subscription ??= this.subscribe(session);
    try {
      yield* watchState(loadState, watch, pollMs);
    } finally {
      this.running.delete(watch);
      signal.removeEventListener('abort', abort);
    }
  }

  /** Lets every watch load the state again. */
  hint(promoted: number | null = null): void {
    for (const watch of this.running) {
      watch.promoted = promoted ?? watch.promoted;
      watch.hinted.notify();
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const { stop } of this.running) stop.abort();
    await this.subscription?.close();
  }

  private subscribe(session: RedisSession): ChangesSubscription {
    return new ChangesSubscription(session.connection.address, session.keys.changes, {
      hint: (promoted) => this.hint(promoted),
      refused: (reason) =>
        this.notify(
          'hints-refused',
          `registry: subscribing was refused, changes are seen by polling alone: ${reason}`,
        ),
    });
  }
}

/**
 * The state now, then after each hint and at least every `pollMs`. A state is loaded when the reader asks for one, so a
 * slow reader gets only the newest. Nothing comes while the registry is away. Throws the errors of `loadState` except
 * `registry-unavailable`.
 */
async function* watchState(
  loadState: LoadState,
  watch: RunningWatch,
  pollMs: number,
): AsyncGenerator<RegistryState, void, undefined> {
  const { signal } = watch.stop;
  while (!signal.aborted) {
    const startedMs = performance.now();
    const { promoted } = watch;
    watch.promoted = null;
    const state = await unlessAborted(loadWhenThere(loadState, promoted), signal);
    if (signal.aborted) return;
    if (state !== null) yield state;
    const pauseMs = state === null ? Math.min(pollMs, AWAY_POLL_MS_MAX) : pollMs;
    const leftMs = Math.max(0, startedMs + pauseMs - performance.now());
    await watch.hinted.wait(leftMs, systemClock, signal);
  }
}

async function loadWhenThere(loadState: LoadState, promoted: number | null): Promise<RegistryState | null> {
  try {
    return await loadState(promoted);
  } catch (error) {
    if (isAlderError(error, 'registry-unavailable', 'registry-closed')) return null;
    throw error;
  }
}

/** The promise's result, or null as soon as the signal aborts: a hung server must not delay a stop. */
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

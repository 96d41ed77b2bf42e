import type { RegistryState } from '../model-registry';
import type { Notify } from './first-contact';
import type { RedisSession } from './session';
import { ChangesSubscription } from './subscription';
import { Wake, watchState } from './watch';

/** All running watches of one registry. They share one subscription, made when the first of them begins. */
export class Watchers {
  /** Each running watch: its bell, and what ends it. */
  private readonly running = new Map<Wake, AbortController>();
  private subscription: ChangesSubscription | null = null;
  private closed = false;

  constructor(private readonly notify: Notify) {}

  /** Ends without a throw when the signal aborts or the registry closes. */
  async *watch(
    session: RedisSession,
    loadState: (promoted: number | null) => Promise<RegistryState>,
    pollMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<RegistryState, void, undefined> {
    if (signal.aborted || this.closed) return;
    const stop = new AbortController();
    const abort = () => stop.abort();
    const wake = new Wake();
    signal.addEventListener('abort', abort);
    this.running.set(wake, stop);
    this.subscription ??= this.subscribe(session);
    try {
      yield* watchState(loadState, wake, pollMs, stop.signal);
    } finally {
      this.running.delete(wake);
      signal.removeEventListener('abort', abort);
    }
  }

  ringAll(promoted: number | null = null): void {
    for (const wake of this.running.keys()) wake.ring(promoted);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const stop of this.running.values()) stop.abort();
    await this.subscription?.close();
  }

  private subscribe(session: RedisSession): ChangesSubscription {
    return new ChangesSubscription(session.connection.address, session.keys.changes, {
      hint: (promoted) => this.ringAll(promoted),
      refused: (reason) =>
        this.notify(
          'hints-refused',
          `registry: subscribing was refused, changes are seen by polling alone: ${reason}`,
        ),
    });
  }
}

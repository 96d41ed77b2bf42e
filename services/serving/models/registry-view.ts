import type { Lease, ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import { OutageNotice } from '../../../shared/runtime/outage-notice';

/** The registry is polled this often between pushes, so staleness is known to this precision. */
export const WATCH_POLL_MS = 250;
const WATCH = { pollMs: WATCH_POLL_MS, loadsChampion: true };
const WATCH_RETRY_MS = 1_000;
const OUTAGE_REPEAT_MS = 60_000;

/**
 * The newest registry state that this process has seen. All requests share its one watch, so ten thousand waiting
 * requests cost the registry no more than one.
 */
export class RegistryView {
  /** Null until the registry was seen once; from then on the newest state seen, however old it is. */
  state: RegistryState | null = null;
  private seenAtMs: number;
  private beatAtMs: number;
  private readonly listeners = new Set<(state: RegistryState) => void>();
  private readonly stopping = new AbortController();
  private watching: Promise<void> = Promise.resolve();
  private readonly outage: OutageNotice;

  constructor(
    private readonly registry: ModelRegistry,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.seenAtMs = clock.monotonicMs();
    // A process that has just started has not watched long enough to call a trainer silent.
    this.beatAtMs = this.seenAtMs;
    this.outage = new OutageNotice({
      clock,
      repeatMs: OUTAGE_REPEAT_MS,
      onOutage: (error, lastedMs) =>
        log.error('registry-unavailable', 'the watch on the registry broke off; it starts again', {
          error: String(error),
          lastedMs,
        }),
      onRecovery: (lastedMs) => log.info('registry-back', 'the registry is watched again', { lastedMs }),
    });
  }

  start(): void {
    this.watching = this.watch();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.watching;
  }

  /** Calls the listener with every state from now on; gives the function that ends the subscription. */
  onState(listener: (state: RegistryState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Milliseconds since the registry was last seen. */
  stalenessMs(): number {
    return this.clock.monotonicMs() - this.seenAtMs;
  }

  /** Milliseconds since a new heartbeat of the lease was last seen, or since this process began to watch. */
  trainerSilentMs(): number {
    return this.clock.monotonicMs() - this.beatAtMs;
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        for await (const state of this.registry.watch(WATCH, signal)) this.see(state);
      } catch (error) {
        this.outage.failed(error);
      }
      await this.clock.sleep(WATCH_RETRY_MS, signal);
    }
  }

  private see(state: RegistryState): void {
    const now = this.clock.monotonicMs();
    this.seenAtMs = now;
    this.outage.recovered();
    if (isNewBeat(this.state?.lease ?? null, state.lease)) this.beatAtMs = now;
    this.state = state;
    for (const listener of this.listeners) listener(state);
  }
}

/** A released lease (holder '') carries no heartbeat. */
function isNewBeat(before: Lease | null, now: Lease | null): boolean {
  if (now === null || now.holder === '') return false;
  return before === null || before.epoch !== now.epoch || before.beat !== now.beat;
}

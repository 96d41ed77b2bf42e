import { isAlderError } from '../../../shared/errors';
import type { Lease, ModelRegistry } from '../../../shared/model-registry/model-registry';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';

export interface LeaseOptions {
  readonly registry: ModelRegistry;
  readonly holder: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** What the holder says of itself with a beat; '' for nothing new. */
  readonly report?: () => string;
}

/**
 * Decides who trains. The holder moves a beat; whoever has seen the same beat for `leaseMs` on its own monotonic
 * clock may take the lease with the next epoch. No wall clock takes part, so none can break it.
 */
export class LeaseKeeper {
  private readonly options: LeaseOptions;
  private held: Lease | null = null;
  /** When the last beat that surely was ours was sent. Nobody can have taken the lease within `leaseMs` of it. */
  private beatAtMs = 0;

  constructor(options: LeaseOptions) {
    this.options = options;
  }

  /** The lease as it was last known to be ours; null while standing by. */
  get lease(): Lease | null {
    return this.held;
  }

  /** Stands by until the lease is ours; false when the signal aborted first. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    const { registry, holder, leaseMs, clock, log } = this.options;
    let seen: Lease | null = null;
    let seenAtMs = clock.monotonicMs();
    let toldStandby = false;
    while (!signal.aborted) {
      try {
        if (this.held !== null && (await this.beat())) return true;
        const { lease } = await registry.loadState();
        const nowMs = clock.monotonicMs();
        if (!isSameLease(lease, seen)) {
          seen = lease;
          seenAtMs = nowMs;
        }
        if (lease?.holder === holder) {
          // The reply to our own taking was lost.
          this.held = lease;
          this.beatAtMs = nowMs;
          return true;
        }
        if (lease === null || lease.holder === '' || nowMs - seenAtMs >= leaseMs) {
          this.held = await registry.takeLease(lease, holder);
          this.beatAtMs = nowMs;
          if (this.held !== null) return true;
        } else if (!toldStandby) {
          toldStandby = true;
          log.info('standing-by', `trainer ${lease.holder} holds the lease; standing by`, {
            epoch: lease.epoch,
          });
        }
      } catch (error) {
        if (!isAlderError(error) || !error.canRetry) throw error;
        log.warn(error.code, error.message);
        // A beat that could not be looked for was not missed: the watch begins anew once the registry is back.
        seenAtMs = clock.monotonicMs();
      }
      await clock.sleep(Math.min(leaseMs / 10, 500), signal);
    }
    return false;
  }

  /** Renews until the signal aborts (true) or the lease turns out to be somebody else's (false). */
  async keep(signal: AbortSignal): Promise<boolean> {
    const { leaseMs, clock, log } = this.options;
    while (!signal.aborted) {
      try {
        if (!(await this.beat())) return false;
      } catch (error) {
        if (!isAlderError(error) || !error.canRetry) throw error;
        log.warn(error.code, `the lease could not be renewed: ${error.message}`);
      }
      await clock.sleep(leaseMs / 5, signal);
    }
    return true;
  }

  /**
   * Before a write that the registry cannot fence (a rejected row): true when the lease is ours beyond doubt. A process
   * that was stopped for longer than `leaseMs` finds its last beat too old and asks first.
   */
  async isSurelyHeld(): Promise<boolean> {
    if (this.held === null) return false;
    const { clock, leaseMs } = this.options;
    return clock.monotonicMs() - this.beatAtMs < leaseMs / 2 || (await this.beat());
  }

  async release(): Promise<void> {
    if (this.held === null) return;
    const { held } = this;
    this.held = null;
    await this.options.registry.releaseLease(held);
  }

  /** A report that cannot be made never costs a beat. */
  private report(): string {
    try {
      return this.options.report?.() ?? '';
    } catch (error) {
      this.options.log.warn('report-failed', `the trainer's report could not be made: ${String(error)}`);
      return '';
    }
  }

  /** One renewal; false when the lease is lost. Throws when the registry does not answer: then nothing is known. */
  private async beat(): Promise<boolean> {
    const { registry, clock } = this.options;
    if (this.held === null) return false;
    const sentAtMs = clock.monotonicMs();
    const renewed = await registry.renewLease(this.held, this.report());
    if (renewed !== null) {
      this.held = renewed;
      this.beatAtMs = sentAtMs;
      return true;
    }
    // A renewal whose reply was lost has moved the beat; epoch and holder still tell that the lease is ours.
    const { lease } = await registry.loadState();
    const isOurs = lease !== null && lease.epoch === this.held?.epoch && lease.holder === this.held.holder;
    this.held = isOurs ? lease : null;
    if (isOurs) this.beatAtMs = sentAtMs;
    return isOurs;
  }
}

function isSameLease(a: Lease | null, b: Lease | null): boolean {
  if (a === null || b === null) return a === b;
  return a.epoch === b.epoch && a.beat === b.beat && a.holder === b.holder;
}

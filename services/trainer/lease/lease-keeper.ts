import { isAlderError } from '../../../shared/errors';
import type { Lease, ModelRegistry } from '../../../shared/model-registry/model-registry';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import { type OutageNotice, outageWarning } from '../../../shared/runtime/outage-notice';

/** A registry that is away is reported this often. */
const REPEAT_MS = 10_000;

interface LeaseOptions {
  readonly registry: ModelRegistry;
  readonly holder: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The text that is stored with a beat; '' leaves the stored one. */
  readonly report?: () => string;
}

/**
 * Decides which trainer is active. The holder of the lease raises a heartbeat; a trainer that has seen the same heartbeat
 * for `leaseMs` on its own monotonic clock may take the lease with the next epoch. The epoch is the fencing token of every
 * publish. No wall clock takes part.
 */
export class LeaseKeeper {
  private readonly options: LeaseOptions;
  private readonly outage: OutageNotice;
  private current: Lease | null = null;
  /** When the last successful heartbeat was sent. No other trainer can take the lease within `leaseMs` of it. */
  private beatAtMs = 0;

  constructor(options: LeaseOptions) {
    this.options = options;
    const { log, clock } = options;
    this.outage = outageWarning('the lease waits for the registry', log, { clock, repeatMs: REPEAT_MS });
  }

  /** The lease that this trainer was last known to hold; null while it stands by. */
  get lease(): Lease | null {
    return this.current;
  }

  /** Stands by until this trainer holds the lease; false when the signal aborted first. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    const { registry, holder, leaseMs, clock, log } = this.options;
    let seen: Lease | null = null;
    let seenAtMs = clock.monotonicMs();
    let isStandbyLogged = false;
    while (!signal.aborted) {
      try {
        if (this.current !== null && (await this.beat())) return true;
        const { lease } = await registry.loadState();
        this.outage.recovered();
        const nowMs = clock.monotonicMs();
        if (!isSameLease(lease, seen)) {
          seen = lease;
          seenAtMs = nowMs;
        }
        if (lease?.holder === holder) {
          // This trainer took the lease, and the reply was lost.
          this.current = lease;
          this.beatAtMs = nowMs;
          return true;
        }
        if (lease === null || lease.holder === '' || nowMs - seenAtMs >= leaseMs) {
          this.current = await registry.takeLease(lease, holder);
          this.beatAtMs = nowMs;
          if (this.current !== null) return true;
        } else if (!isStandbyLogged) {
          isStandbyLogged = true;
          log.info('standing-by', `trainer ${lease.holder} holds the lease; standing by`, {
            epoch: lease.epoch,
          });
        }
      } catch (error) {
        if (!isAlderError(error) || !error.canRetry) throw error;
        this.outage.failed(error);
        // A heartbeat that could not be read was not missed: the waiting starts again once the registry is back.
        seenAtMs = clock.monotonicMs();
      }
      await clock.sleep(Math.min(leaseMs / 10, 500), signal);
    }
    return false;
  }

  /** Renews the lease until the signal aborts (true) or another trainer holds it (false). */
  async keep(signal: AbortSignal): Promise<boolean> {
    const { leaseMs, clock } = this.options;
    while (!signal.aborted) {
      try {
        if (!(await this.beat())) return false;
        this.outage.recovered();
      } catch (error) {
        if (!isAlderError(error) || !error.canRetry) throw error;
        this.outage.failed(error);
      }
      await clock.sleep(leaseMs / 5, signal);
    }
    return true;
  }

  /**
   * True when this trainer certainly holds the lease. To be called before a write that the registry cannot fence, such as
   * a rejected row. A process that was paused finds its last heartbeat too old, and renews the lease first.
   */
  async confirm(): Promise<boolean> {
    if (this.current === null) return false;
    const { clock, leaseMs } = this.options;
    return clock.monotonicMs() - this.beatAtMs < leaseMs / 2 || (await this.beat());
  }

  async release(): Promise<void> {
    if (this.current === null) return;
    const { current } = this;
    this.current = null;
    await this.options.registry.releaseLease(current);
  }

  /** A report that fails never costs a heartbeat. */
  private report(): string {
    try {
      return this.options.report?.() ?? '';
    } catch (error) {
      this.options.log.warn('report-failed', `the trainer's report could not be made: ${String(error)}`);
      return '';
    }
  }

  /** Renews once; false when the lease is lost. Throws when the registry does not answer and the outcome is unknown. */
  private async beat(): Promise<boolean> {
    const { registry, clock } = this.options;
    if (this.current === null) return false;
    const sentAtMs = clock.monotonicMs();
    const renewed = await registry.renewLease(this.current, this.report());
    if (renewed !== null) {
      this.current = renewed;
      this.beatAtMs = sentAtMs;
      return true;
    }
    // A renewal whose reply was lost has raised the heartbeat, so only epoch and holder are compared.
    const { lease } = await registry.loadState();
    const isOurs =
      lease !== null && lease.epoch === this.current?.epoch && lease.holder === this.current.holder;
    this.current = isOurs ? lease : null;
    if (isOurs) this.beatAtMs = sentAtMs;
    return isOurs;
  }
}

function isSameLease(a: Lease | null, b: Lease | null): boolean {
  if (a === null || b === null) return a === b;
  return a.epoch === b.epoch && a.beat === b.beat && a.holder === b.holder;
}

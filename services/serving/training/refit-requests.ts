import { AlderError } from '../../../shared/errors';
import type {
  ModelRegistry,
  RefitAnswer,
  RegistryState,
} from '../../../shared/model-registry/model-registry';
import type { Clock } from '../../../shared/runtime/clock';
import { Signal } from '../../../shared/runtime/signal';
import type { RegistryView } from '../models/registry-view';

export const WAITERS_MAX = 256;

export interface RefitRequestsOptions {
  readonly registry: ModelRegistry;
  readonly view: RegistryView;
  readonly clock: Clock;
  /** Silence of the lease after which no trainer counts as alive. */
  readonly leaseMs: number;
}

/**
 * Asks trainers for refits, through the registry, and waits for the answers. A request stays in the registry when its
 * client stops waiting: the next trainer answers it.
 */
export class RefitRequests {
  private waiters = 0;
  private readonly stateChanged = new Signal();

  constructor(private readonly options: RefitRequestsOptions) {
    options.view.onState(() => this.stateChanged.notify());
  }

  /**
   * Asks for a refit and awaits its answer for `waitMs`, or until `givenUp` aborts; null when no answer came by then.
   * Throws `no-trainer` once the lease is silent, `registry-unavailable`, `too-many-waiters`.
   */
  async ask(waitMs: number, givenUp: AbortSignal): Promise<RefitAnswer | null> {
    if (this.waiters >= WAITERS_MAX) throw new AlderError('too-many-waiters', 'too many wait for a refit');
    this.waiters++;
    try {
      const { clock, registry } = this.options;
      const deadlineMs = clock.monotonicMs() + waitMs;
      this.refuseWhenSilent();
      const ticket = await registry.askForRefit();
      return await this.answerTo(ticket, deadlineMs, givenUp);
    } finally {
      this.waiters--;
    }
  }

  private async answerTo(
    ticket: number,
    deadlineMs: number,
    givenUp: AbortSignal,
  ): Promise<RefitAnswer | null> {
    const { clock, view, leaseMs } = this.options;
    for (;;) {
      const answer = answered(view.state, ticket);
      if (answer !== null) return answer;
      const leftMs = deadlineMs - clock.monotonicMs();
      if (leftMs <= 0 || givenUp.aborted) return null;
      this.refuseWhenSilent();
      await this.stateChanged.wait(Math.min(leftMs, leaseMs - view.trainerSilentMs()), clock, givenUp);
    }
  }

  private refuseWhenSilent(): void {
    const { view, leaseMs } = this.options;
    if (view.trainerSilentMs() < leaseMs) return;
    if (view.stalenessMs() >= leaseMs) {
      throw new AlderError('registry-unavailable', 'the registry was not seen for too long');
    }
    const why = `no trainer has renewed its lease for ${leaseMs} ms`;
    throw new AlderError('no-trainer', why, { fields: { leaseMs } });
  }
}

function answered(state: RegistryState | null, ticket: number): RefitAnswer | null {
  const answer = state?.answered ?? null;
  return answer !== null && answer.upTo >= ticket ? answer : null;
}

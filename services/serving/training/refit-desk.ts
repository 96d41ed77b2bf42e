import { AlderError } from '../../../shared/errors';
import type {
  ModelRegistry,
  RefitAnswer,
  RegistryState,
} from '../../../shared/model-registry/model-registry';
import type { Clock } from '../../../shared/runtime/clock';
import type { RegistryView } from '../models/registry-view';

export const WAITERS_MAX = 256;

export interface RefitDeskOptions {
  readonly registry: ModelRegistry;
  readonly view: RegistryView;
  readonly clock: Clock;
  /** Silence of the lease after which no trainer is taken to be alive. */
  readonly leaseMs: number;
}

/**
 * Where clients ask for a refit and wait for it. The request stays in the registry whatever becomes of the waiting:
 * the next trainer answers it.
 */
export class RefitDesk {
  private waiters = 0;

  constructor(private readonly options: RefitDeskOptions) {}

  /**
   * Asks for a refit and awaits its answer for `waitMs`, or until `given up` aborts; null when none came by then.
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
      await this.nextState(Math.min(leftMs, leaseMs - view.trainerSilentMs()), givenUp);
    }
  }

  private refuseWhenSilent(): void {
    const { view, leaseMs } = this.options;
    if (view.trainerSilentMs() < leaseMs) return;
    if (view.stalenessMs() >= leaseMs) {
      throw new AlderError('registry-unavailable', 'the registry was not seen for too long');
    }
    throw new AlderError('no-trainer', `no trainer has renewed its lease for ${leaseMs} ms`);
  }

  /** Resolves at the next state, after `msMax`, or when the waiting is given up. */
  private async nextState(msMax: number, givenUp: AbortSignal): Promise<void> {
    const wake = new AbortController();
    const onWake = () => wake.abort();
    const unsubscribe = this.options.view.onState(onWake);
    givenUp.addEventListener('abort', onWake);
    await this.options.clock.sleep(msMax, wake.signal);
    givenUp.removeEventListener('abort', onWake);
    unsubscribe();
  }
}

function answered(state: RegistryState | null, ticket: number): RefitAnswer | null {
  const answer = state?.answered ?? null;
  return answer !== null && answer.upTo >= ticket ? answer : null;
}

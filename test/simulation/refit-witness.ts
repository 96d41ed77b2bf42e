import type { RefitAnswer, RegistryState } from '../../shared/model-registry/model-registry';
import type { SimulatedTopic } from './simulated-topic';
import type { PublishedVersion } from './version-witness';

interface Ticket {
  readonly number: number;
  /** The end of each partition at the instant of the request. */
  readonly ends: readonly number[];
}

/** Checks that the answer of each refit request covers all rows that the log held at the request. */
export class RefitWitness {
  private waiting: Ticket[] = [];

  constructor(
    private readonly topic: SimulatedTopic,
    private readonly published: readonly PublishedVersion[],
    private readonly accuse: (violation: string) => void,
  ) {}

  get waitingTickets(): number {
    return this.waiting.length;
  }

  observe(before: RegistryState, after: RegistryState): void {
    for (let number = before.requested + 1; number <= after.requested; number++) {
      this.waiting.push({ number, ends: this.topic.ends() });
    }
    if (after.answered === before.answered || after.answered === null) return;
    const { upTo } = after.answered;
    if (upTo < (before.answered?.upTo ?? 0)) {
      this.accuse(`the answer to ticket ${before.answered!.upTo} was taken back to ${upTo}`);
    }
    if (upTo > after.requested) this.accuse(`ticket ${upTo} was answered before anybody asked`);
    for (const ticket of this.waiting) if (ticket.number <= upTo) this.checkAnswer(ticket, after.answered);
    this.waiting = this.waiting.filter(({ number }) => number > upTo);
  }

  /** A late answer may name an older version than the newest, but it must cover the requested rows. */
  private checkAnswer({ number, ends }: Ticket, { version, outcome }: RefitAnswer): void {
    const named = version === null ? null : (this.published[version - 1]?.record ?? null);
    if (version !== null && named === null) {
      this.accuse(`ticket ${number} was answered with version ${version}, which there is not`);
    }
    if (outcome === 'no-fitted-row') return;
    for (const [p, end] of ends.entries()) {
      const next = Number(named?.lineage[p]?.next ?? 0);
      if (this.topic.hasRowIn(p, next, end)) {
        this.accuse(
          `ticket ${number}: ${outcome}, though partition ${p} ended at ${end}, trained to ${next}`,
        );
      }
    }
  }
}

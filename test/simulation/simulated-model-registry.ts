import { AlderError, isAlderError } from '../../shared/errors';
import type {
  AliasMove,
  AliasMoved,
  JournalEntry,
  Lease,
  ModelRegistry,
  Publication,
  PublishOutcome,
  RefitAnswer,
  RegistryState,
} from '../../shared/model-registry/model-registry';
import type { MemoryModelRegistry } from '../support/memory-model-registry';
import type { Network, Service } from './network';
import type { SimulatedProcess } from './simulated-process';

export function registryService(): Service {
  return {
    name: 'registry',
    isAway: false,
    unavailable: () => new AlderError('registry-unavailable', 'the registry does not answer'),
  };
}

/** A process's handle on the in-memory registry, reached over the network. */
export class SimulatedModelRegistry implements ModelRegistry {
  readonly model: string;
  readonly registryId: string;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly network: Network,
    private readonly service: Service,
    private readonly registry: MemoryModelRegistry,
  ) {
    this.model = registry.model;
    this.registryId = registry.registryId;
  }

  loadState(): Promise<RegistryState> {
    return this.call('load-state', () => this.registry.loadState());
  }

  takeLease(seen: Lease | null, holder: string): Promise<Lease | null> {
    return this.call('take-lease', () => this.registry.takeLease(seen, holder));
  }

  renewLease(held: Lease, report?: string): Promise<Lease | null> {
    return this.call('renew-lease', () => this.registry.renewLease(held, report));
  }

  loadReport(): Promise<string | null> {
    return this.call('load-report', () => this.registry.loadReport());
  }

  releaseLease(held: Lease): Promise<void> {
    return this.call('release-lease', () => this.registry.releaseLease(held));
  }

  publish(publication: Publication): Promise<PublishOutcome> {
    return this.call('publish', async () => {
      const outcome = await this.registry.publish(publication);
      this.network.note(
        this.process,
        `publish-${outcome}`,
        `${publication.version} ${publication.recordDigest}`,
      );
      return outcome;
    });
  }

  loadRecord(version: number): Promise<string | null> {
    return this.call('load-record', () => this.registry.loadRecord(version));
  }

  loadTree(version: number): Promise<string | null> {
    return this.call('load-tree', () => this.registry.loadTree(version));
  }

  listVersions(): Promise<number[]> {
    return this.call('list-versions', () => this.registry.listVersions());
  }

  moveAlias(move: AliasMove): Promise<AliasMoved> {
    return this.call('move-alias', () => this.registry.moveAlias(move));
  }

  journal(countMax: number): Promise<JournalEntry[]> {
    return this.call('journal', () => this.registry.journal(countMax));
  }

  async *watch({ pollMs }: { readonly pollMs: number }, signal: AbortSignal): AsyncGenerator<RegistryState> {
    while (!signal.aborted) {
      const state = await this.stateOrNull();
      if (signal.aborted) return;
      if (state !== null) yield state;
      if (state === null || state === this.registry.store.state)
        await this.waitForHint(state, pollMs, signal);
    }
  }

  askForRefit(): Promise<number> {
    return this.call('ask-for-refit', () => this.registry.askForRefit());
  }

  answerRefit(held: Lease, answer: RefitAnswer): Promise<boolean> {
    return this.call('answer-refit', () => this.registry.answerRefit(held, answer));
  }

  close(): Promise<void> {
    return this.registry.close();
  }

  private call<T>(what: string, effect: () => Promise<T>): Promise<T> {
    return this.network.call(this.process, this.service, what, effect);
  }

  private async stateOrNull(): Promise<RegistryState | null> {
    try {
      return await this.loadState();
    } catch (error) {
      if (!isAlderError(error) || !error.canRetry) throw error;
      return null;
    }
  }

  /** Resolves after `msMax` or at a push, which may be late or lost. Heartbeats push nothing. */
  private async waitForHint(seen: RegistryState | null, msMax: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    const stopWaiting = this.registry.store.onChange(() => {
      const { requested, newest, aliases } = this.registry.store.state;
      if (seen?.requested === requested && seen.newest === newest && seen.aliases === aliases) return;
      this.process.after(this.network.delayMs(), wake);
    });
    signal.addEventListener('abort', wake, { once: true });
    await this.process.clock.sleep(msMax, woken.signal);
    signal.removeEventListener('abort', wake);
    stopWaiting();
  }
}

import { AlderError, invariant } from '../../errors';
import type { Environment } from '../../lmdb/environment';
import { type Clock, systemClock } from '../../runtime/clock';
import { TREE_BYTES_MAX } from '../../tree/tree-codec';
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
} from '../model-registry';
import * as rules from '../registry-rules';
import { EmbeddedModelStore } from './model-store';
import { watchState } from './watch';

const FAULT = 'registry-unavailable';

interface EmbeddedModelRegistryOptions {
  readonly model: string;
  readonly clock?: Clock;
}

/**
 * Opens the registry of one model in the embedded store; a new registry gets an id. Closing it leaves the environment
 * open. Throws `registry-unavailable`.
 */
export async function openEmbeddedModelRegistry(
  environment: Environment,
  { model, clock = systemClock }: EmbeddedModelRegistryOptions,
): Promise<ModelRegistry> {
  const store = new EmbeddedModelStore(environment.textStore('registry'), model);
  const registryId = await environment.write(FAULT, () => store.idOrNew());
  return new EmbeddedModelRegistry(environment, store, model, registryId, clock);
}

/** Each change is one transaction: the rules decide on the state under the write lock, and writes come last. */
class EmbeddedModelRegistry implements ModelRegistry {
  private isClosed = false;

  constructor(
    private readonly environment: Environment,
    private readonly store: EmbeddedModelStore,
    readonly model: string,
    readonly registryId: string,
    private readonly clock: Clock,
  ) {}

  loadState(): Promise<RegistryState> {
    return this.read(() => this.store.state());
  }

  takeLease(seen: Lease | null, holder: string): Promise<Lease | null> {
    return this.changeLease((lease) => rules.leaseTaken(lease, seen, holder));
  }

  async renewLease(own: Lease, report = ''): Promise<Lease | null> {
    rules.checkReport(report);
    return this.changeLease((lease) => {
      const renewed = rules.leaseRenewed(lease, own);
      if (renewed !== null && report !== '') this.store.putReport(report);
      return renewed;
    });
  }

  loadReport(): Promise<string | null> {
    return this.read(() => this.store.report());
  }

  async releaseLease(own: Lease): Promise<void> {
    await this.changeLease((lease) => rules.leaseReleased(lease, own));
  }

  async publish(publication: Publication): Promise<PublishOutcome> {
    const { version, recordText, treeText, keepVersions, keepFrom } = publication;
    invariant(keepVersions >= 1, 'retention spares at least the newest version');
    const treeBytes = Buffer.byteLength(treeText);
    if (treeBytes > TREE_BYTES_MAX) {
      const bound = `${TREE_BYTES_MAX} are allowed`;
      throw new AlderError(
        'tree-too-large',
        `the tree of version ${version} has ${treeBytes} bytes, ${bound}`,
        { fields: { version, treeBytes } },
      );
    }
    return this.write(() => {
      const state = this.store.state();
      const stored = this.store.compare(version, recordText, treeText);
      const outcome = rules.publishOutcome(state, publication, stored);
      if (outcome !== 'done') return outcome;
      const changed = rules.afterPublish(state, publication);
      const retired = this.store.holdsBelow(Math.max(keepFrom, version - keepVersions + 1))
        ? rules.retiredVersions([...this.store.versions(), version], changed.state, publication)
        : [];
      this.store.putVersion(version, recordText, treeText);
      for (const each of retired) this.store.removeVersion(each);
      this.putChanged(changed);
      return outcome;
    });
  }

  loadRecord(version: number): Promise<string | null> {
    return this.read(() => this.store.record(version));
  }

  loadTree(version: number): Promise<string | null> {
    return this.read(() => this.store.tree(version));
  }

  listVersions(): Promise<number[]> {
    return this.read(() => this.store.versions());
  }

  moveAlias(move: AliasMove): Promise<AliasMoved> {
    return this.write(() => {
      const state = this.store.state();
      const moved = rules.moveOutcome(state, move, this.store.hasVersion(move.version));
      if (moved.outcome === 'moved') this.putChanged(rules.afterMove(state, move));
      return moved;
    });
  }

  journal(countMax: number): Promise<JournalEntry[]> {
    return this.read(() => this.store.newestOfJournal(countMax));
  }

  watch({ pollMs }: { readonly pollMs: number }, signal: AbortSignal): AsyncIterable<RegistryState> {
    const { environment, clock } = this;
    const loadStateText = () => environment.read(FAULT, () => this.store.stateText());
    const isClosed = () => this.isClosed || environment.isClosed;
    return watchState({ environment, clock, loadStateText, isClosed }, pollMs, signal);
  }

  askForRefit(): Promise<number> {
    return this.write(() => {
      const state = this.store.state();
      const requested = state.requested + 1;
      this.store.putState({ ...state, requested });
      return requested;
    });
  }

  answerRefit(own: Lease, answer: RefitAnswer): Promise<boolean> {
    return this.write(() => {
      const state = this.store.state();
      if (!rules.isSameHolder(state.lease, own)) return false;
      this.store.putState({ ...state, answered: rules.newerAnswer(state.answered, answer) });
      return true;
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.environment.wake();
  }

  private changeLease(rule: (lease: Lease | null) => Lease | null): Promise<Lease | null> {
    return this.write(() => {
      const state = this.store.state();
      const lease = rule(state.lease);
      if (lease !== null) this.store.putState({ ...state, lease });
      return lease;
    });
  }

  private putChanged({ state, entry }: rules.Changed): void {
    this.store.putState(state);
    if (entry !== null) this.store.addToJournal(entry);
  }

  private async read<T>(step: () => T): Promise<T> {
    this.checkOpen();
    return this.environment.read(FAULT, step);
  }

  private async write<T>(step: () => T): Promise<T> {
    this.checkOpen();
    return this.environment.write(FAULT, step);
  }

  private checkOpen(): void {
    if (this.isClosed)
      throw new AlderError('registry-closed', `the registry of ${this.model} was closed by this process`);
  }
}

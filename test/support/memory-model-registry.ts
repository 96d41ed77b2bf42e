import { AlderError } from '../../shared/errors';
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
import * as rules from '../../shared/model-registry/registry-rules';
import { type Clock, systemClock } from '../../shared/runtime/clock';
import { MemoryModelStore, type StoredVersion } from './memory-model-store';

interface MemoryModelRegistryOptions {
  /** Times the polls of a watch; the machine's clock unless told otherwise. */
  readonly clock?: Clock;
  readonly registryId?: string;
  /** Decides a publish; a test can take one of the rules out. */
  readonly publishOutcome?: typeof rules.publishOutcome;
  /** Decides the retention; as above. */
  readonly retiredVersions?: typeof rules.retiredVersions;
}

/**
 * A model registry in memory, which passes the model registry contract. A test can make it unavailable, count its calls
 * and spoil its versions.
 */
export class MemoryModelRegistry implements ModelRegistry {
  /** While true every call throws, and watches give nothing. */
  isAway = false;
  /** Calls through this handle by name, since the beginning. */
  readonly calls: Record<string, number> = {};
  private isClosed = false;
  private readonly clock: Clock;

  constructor(
    readonly model = 'decisiontree',
    private readonly options: MemoryModelRegistryOptions = {},
    readonly store = new MemoryModelStore(options.registryId),
  ) {
    this.clock = options.clock ?? systemClock;
  }

  get registryId(): string {
    return this.store.registryId;
  }

  get stored(): Map<number, StoredVersion> {
    return this.store.versions;
  }

  /** Another handle on the same model, like that of another process. */
  reopen(): MemoryModelRegistry {
    return new MemoryModelRegistry(this.model, this.options, this.store);
  }

  /** Changes the state directly, and wakes the watches. */
  change(fields: Partial<RegistryState>): void {
    this.store.put(fields);
  }

  async loadState(): Promise<RegistryState> {
    this.reach('loadState');
    return this.store.state;
  }

  async takeLease(seen: Lease | null, holder: string): Promise<Lease | null> {
    this.reach('takeLease');
    return this.changeLease((lease) => rules.leaseTaken(lease, seen, holder));
  }

  async renewLease(own: Lease, report = ''): Promise<Lease | null> {
    this.reach('renewLease');
    rules.checkReport(report);
    const renewed = this.changeLease((lease) => rules.leaseRenewed(lease, own));
    if (renewed !== null && report !== '') this.store.report = report;
    return renewed;
  }

  async loadReport(): Promise<string | null> {
    this.reach('loadReport');
    return this.store.report;
  }

  async releaseLease(own: Lease): Promise<void> {
    this.reach('releaseLease');
    this.changeLease((lease) => rules.leaseReleased(lease, own));
  }

  async publish(publication: Publication): Promise<PublishOutcome> {
    this.reach('publish');
    const { version, recordText, treeText } = publication;
    const same = this.stored.get(version);
    const isSame = same?.recordText === recordText && same.treeText === treeText;
    const stored = same === undefined ? 'absent' : isSame ? 'identical' : 'different';
    const { publishOutcome = rules.publishOutcome, retiredVersions = rules.retiredVersions } = this.options;
    const outcome = publishOutcome(this.store.state, publication, stored);
    if (outcome !== 'done') return outcome;
    const changed = rules.afterPublish(this.store.state, publication);
    this.stored.set(version, { recordText, treeText });
    for (const each of retiredVersions([...this.stored.keys()], changed.state, publication)) {
      this.stored.delete(each);
    }
    this.store.putChanged(changed);
    return 'done';
  }

  async loadRecord(version: number): Promise<string | null> {
    this.reach('loadRecord');
    return this.stored.get(version)?.recordText ?? null;
  }

  async loadTree(version: number): Promise<string | null> {
    this.reach('loadTree');
    return this.stored.get(version)?.treeText ?? null;
  }

  async listVersions(): Promise<number[]> {
    this.reach('listVersions');
    return [...this.stored.keys()].sort((a, b) => a - b);
  }

  async moveAlias(move: AliasMove): Promise<AliasMoved> {
    this.reach('moveAlias');
    const moved = rules.moveOutcome(this.store.state, move, this.stored.has(move.version));
    if (moved.outcome === 'moved') this.store.putChanged(rules.afterMove(this.store.state, move));
    return moved;
  }

  async journal(countMax: number): Promise<JournalEntry[]> {
    this.reach('journal');
    return this.store.entries.slice(-countMax);
  }

  async *watch({ pollMs }: { readonly pollMs: number }, signal: AbortSignal): AsyncGenerator<RegistryState> {
    let shown: RegistryState | null = null;
    while (!signal.aborted && !this.isClosed) {
      if (shown === this.store.state) await this.waitForChange(pollMs, signal);
      if (signal.aborted || this.isClosed) return;
      if (this.isAway) await this.waitForChange(pollMs, signal);
      else {
        shown = this.store.state;
        yield shown;
      }
    }
  }

  async askForRefit(): Promise<number> {
    this.reach('askForRefit');
    this.change({ requested: this.store.state.requested + 1 });
    return this.store.state.requested;
  }

  async answerRefit(own: Lease, answer: RefitAnswer): Promise<boolean> {
    this.reach('answerRefit');
    if (!rules.isSameHolder(this.store.state.lease, own)) return false;
    this.change({ answered: rules.newerAnswer(this.store.state.answered, answer) });
    return true;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.store.wakeWatchers();
  }

  private reach(call: string): void {
    this.calls[call] = (this.calls[call] ?? 0) + 1;
    if (this.isAway || this.isClosed) {
      throw new AlderError('registry-unavailable', 'the registry is away');
    }
  }

  private changeLease(rule: (lease: Lease | null) => Lease | null): Lease | null {
    const lease = rule(this.store.state.lease);
    if (lease !== null) this.change({ lease });
    return lease;
  }

  private async waitForChange(msMax: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    const stopWaiting = this.store.onChange(wake);
    signal.addEventListener('abort', wake, { once: true });
    await this.clock.sleep(msMax, woken.signal);
    signal.removeEventListener('abort', wake);
    stopWaiting();
  }
}

import { AlderError } from '../../shared/errors';
import {
  type AliasMove,
  type AliasMoved,
  type AliasValue,
  CHAMPION,
  EMPTY_STATE,
  type JournalEntry,
  type Lease,
  type ModelRegistry,
  type Publication,
  type PublishOutcome,
  type RefitAnswer,
  type RegistryState,
} from '../../shared/model-registry/model-registry';

interface Stored {
  recordText: string;
  treeText: string;
}

/** A model registry in memory. It can be away, it counts its calls, and what it stores can be spoilt. */
export class MemoryModelRegistry implements ModelRegistry {
  readonly registryId = 'memory';
  readonly stored = new Map<number, Stored>();
  /** While true every call throws and no watch gives anything. */
  isAway = false;
  /** Calls by name, since the beginning. */
  readonly calls: Record<string, number> = {};
  private state: RegistryState = EMPTY_STATE;
  private readonly entries: JournalEntry[] = [];
  private wakers: (() => void)[] = [];

  constructor(readonly model = 'decisiontree') {}

  /** Changes the state as no publish would, and tells those who watch. */
  change(fields: Partial<RegistryState>): void {
    this.state = { ...this.state, ...fields };
    for (const wake of this.wakers.splice(0)) wake();
  }

  async loadState(): Promise<RegistryState> {
    this.reach('loadState');
    return this.state;
  }

  async takeLease(seen: Lease | null, holder: string): Promise<Lease | null> {
    this.reach('takeLease');
    const { lease } = this.state;
    if (lease?.epoch !== seen?.epoch || lease?.beat !== seen?.beat || lease?.holder !== seen?.holder)
      return null;
    const taken = { epoch: (lease?.epoch ?? 0) + 1, holder, beat: 0 };
    this.change({ lease: taken });
    return taken;
  }

  async renewLease(held: Lease): Promise<Lease | null> {
    this.reach('renewLease');
    if (!this.holds(held) || this.state.lease?.beat !== held.beat) return null;
    const renewed = { ...held, beat: held.beat + 1 };
    this.change({ lease: renewed });
    return renewed;
  }

  async releaseLease(held: Lease): Promise<void> {
    this.reach('releaseLease');
    if (this.holds(held)) this.change({ lease: { ...held, holder: '' } });
  }

  async publish(publication: Publication): Promise<PublishOutcome> {
    this.reach('publish');
    const { version, recordText, treeText, recordDigest, parent, promote } = publication;
    const same = this.stored.get(version);
    if (same?.recordText === recordText && same.treeText === treeText) return 'already';
    if (!this.holds(publication.lease)) return 'fenced';
    const { newest, aliases } = this.state;
    if (
      newest?.version !== parent?.version ||
      newest?.recordDigest !== parent?.recordDigest ||
      same !== undefined
    )
      return 'beaten';
    const champion = aliases[CHAMPION];
    if (promote && champion?.held === true) return 'held';
    if ((champion?.revision ?? 0) !== publication.championRevision) return 'champion-moved';

    this.stored.set(version, { recordText, treeText });
    const { reason, actor, at, answer } = publication;
    this.change({
      newest: { version, recordDigest },
      ...(answer === null ? {} : { answered: answer }),
      ...(promote ? this.aliased(CHAMPION, { version, held: false, reason, actor, at }) : {}),
    });
    this.retire(publication.keepVersions);
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
    const value = this.state.aliases[move.alias] ?? null;
    if ((value?.revision ?? 0) !== move.expectedRevision) return { outcome: 'stale', value };
    if (!this.stored.has(move.version)) return { outcome: 'unknown-version' };
    this.change(this.aliased(move.alias, move));
    return { outcome: 'moved', value: this.state.aliases[move.alias]! };
  }

  async journal(countMax: number): Promise<JournalEntry[]> {
    this.reach('journal');
    return this.entries.slice(-countMax);
  }

  async *watch(_options: { readonly pollMs: number }, signal: AbortSignal): AsyncIterable<RegistryState> {
    const stop = () => this.change({});
    signal.addEventListener('abort', stop);
    let told: RegistryState | null = null;
    try {
      while (!signal.aborted) {
        if (!this.isAway && told !== this.state) {
          told = this.state;
          yield told;
        } else {
          await new Promise<void>((wake) => this.wakers.push(wake));
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async askForRefit(): Promise<number> {
    this.reach('askForRefit');
    this.change({ requested: this.state.requested + 1 });
    return this.state.requested;
  }

  async answerRefit(held: Lease, answer: RefitAnswer): Promise<boolean> {
    this.reach('answerRefit');
    if (!this.holds(held)) return false;
    this.change({ answered: answer });
    return true;
  }

  async close(): Promise<void> {}

  private reach(call: string): void {
    this.calls[call] = (this.calls[call] ?? 0) + 1;
    if (this.isAway) throw new AlderError('registry-unavailable', 'the registry is away', { canRetry: true });
  }

  private holds(held: Lease): boolean {
    return this.state.lease?.epoch === held.epoch && this.state.lease.holder === held.holder;
  }

  private aliased(
    alias: string,
    to: Pick<AliasMove, 'version' | 'held' | 'reason' | 'actor' | 'at'>,
  ): Partial<RegistryState> {
    const before = this.state.aliases[alias];
    const { version, held, reason, actor, at } = to;
    const value: AliasValue = { version, revision: (before?.revision ?? 0) + 1, held };
    this.entries.push({
      alias,
      from: before?.version ?? null,
      to: version,
      revision: value.revision,
      reason,
      actor,
      at,
    });
    return {
      aliases: { ...this.state.aliases, [alias]: value },
      ...(alias === CHAMPION && before !== undefined ? { previousChampion: before.version } : {}),
    };
  }

  private retire(keepVersions: number): void {
    const aliased = Object.values(this.state.aliases).map((value) => value.version);
    const kept = new Set([...aliased, this.state.previousChampion]);
    const oldestKept = this.state.newest!.version - keepVersions + 1;
    for (const version of this.stored.keys())
      if (version < oldestKept && !kept.has(version)) this.stored.delete(version);
  }
}

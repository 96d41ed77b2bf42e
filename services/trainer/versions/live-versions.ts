import { CHAMPION } from '../../../shared/model-registry/aliases';
import type { ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { type KnownVersion, loadKnownVersion } from './known-version';

/** The newest version and the champion, with their trees at hand, as the registry last told. */
export class LiveVersions {
  private champion: KnownVersion | null = null;
  /** The version that the trainer went on from, or else the first that it published. */
  first: KnownVersion | null;

  constructor(
    private readonly registry: ModelRegistry,
    public newest: KnownVersion | null,
    public state: RegistryState,
  ) {
    this.first = newest;
  }

  /** Takes a newer view; one from before our own last publish is old news. */
  observe(state: RegistryState): void {
    if ((state.newest?.version ?? 0) < (this.newest?.record.version ?? 0)) return;
    this.state = state;
  }

  async refresh(): Promise<void> {
    this.observe(await this.registry.loadState());
  }

  get championRevision(): number {
    return this.state.aliases[CHAMPION]?.revision ?? 0;
  }

  get isChampionHeld(): boolean {
    return this.state.aliases[CHAMPION]?.held ?? false;
  }

  /** The version that a candidate has to beat; null before the first promotion. */
  async loadChampion(): Promise<KnownVersion | null> {
    const version = this.state.aliases[CHAMPION]?.version;
    if (version === undefined) return null;
    if (this.newest?.record.version === version) return this.newest;
    if (this.champion?.record.version !== version)
      this.champion = await loadKnownVersion(this.registry, version);
    return this.champion;
  }

  /** Our own publish went through; `promoted` when it moved the champion. */
  published(known: KnownVersion, promoted: boolean): void {
    const { record } = known;
    this.newest = known;
    this.first ??= known;
    if (promoted) this.champion = known;
    // A view that already holds the version is from after the publish: who moved the champion since then stands in it,
    // and counting our own move on top would name a revision that is not there yet, or is another one's.
    if ((this.state.newest?.version ?? 0) >= record.version) return;
    const aliases = promoted
      ? {
          ...this.state.aliases,
          [CHAMPION]: { version: record.version, revision: this.championRevision + 1, held: false },
        }
      : this.state.aliases;
    this.state = {
      ...this.state,
      aliases,
      newest: { version: record.version, recordDigest: record.recordDigest },
    };
  }
}

export function versionRef(record: VersionRecord): { version: number; recordDigest: string } {
  return { version: record.version, recordDigest: record.recordDigest };
}

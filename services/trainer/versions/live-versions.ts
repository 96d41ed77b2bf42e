import { AlderError } from '../../../shared/errors';
import { CHAMPION } from '../../../shared/model-registry/aliases';
import type { ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import { decodeVersionRecord, type VersionRecord } from '../../../shared/model-registry/version-record';
import type { Tree } from '../../../shared/tree/tree';
import { decodeTree, treeDigest } from '../../../shared/tree/tree-codec';

/** A version with its tree decoded. */
export interface KnownVersion {
  readonly record: VersionRecord;
  readonly tree: Tree;
}

/** The newest version and the champion with their trees, and the newest known state of the registry. */
export class LiveVersions {
  private champion: KnownVersion | null = null;
  /** The version that the term resumed from, or else the first one that it published. */
  first: KnownVersion | null;

  constructor(
    private readonly registry: ModelRegistry,
    public newest: KnownVersion | null,
    public state: RegistryState,
  ) {
    this.first = newest;
  }

  /** Takes a state of the registry, unless it is older than this trainer's last publish. */
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

  /** True when a person has moved the champion and not released it. */
  get isChampionPinned(): boolean {
    return this.state.aliases[CHAMPION]?.held ?? false;
  }

  /** The version that a candidate is judged against; null before the first promotion. */
  async loadChampion(): Promise<KnownVersion | null> {
    const version = this.state.aliases[CHAMPION]?.version;
    if (version === undefined) return null;
    if (this.newest?.record.version === version) return this.newest;
    if (this.champion?.record.version !== version)
      this.champion = await loadKnownVersion(this.registry, version);
    return this.champion;
  }

  /** Records this trainer's own publish; `promoted` when it moved the champion. */
  recordPublished(known: KnownVersion, promoted: boolean): void {
    const { record } = known;
    this.newest = known;
    this.first ??= known;
    if (promoted) this.champion = known;
    // A state that holds the version already is from after the publish, and so are the champion's revisions in it.
    // Adding the publish to it would name a revision that does not exist yet, or that is another person's move.
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

/** Loads and checks one version; null when it is not stored. Throws `record-invalid`, `tree-invalid`, `digest-mismatch`. */
export async function loadKnownVersion(
  registry: ModelRegistry,
  version: number,
): Promise<KnownVersion | null> {
  const [recordText, treeText] = await Promise.all([
    registry.loadRecord(version),
    registry.loadTree(version),
  ]);
  if (recordText === null || treeText === null) return null;
  const record = decodeVersionRecord(recordText);
  if (treeDigest(treeText) !== record.tree.digest) {
    throw new AlderError(
      'digest-mismatch',
      `version ${version}: the stored tree does not have the digest ${record.tree.digest} of its record`,
      { fields: { version } },
    );
  }
  return { record, tree: decodeTree(treeText) };
}

/** Loads a version that the registry's state names. Throws `record-invalid` when it is not stored. */
export async function loadStored(registry: ModelRegistry, version: number): Promise<KnownVersion> {
  const known = await loadKnownVersion(registry, version);
  if (known !== null) return known;
  throw new AlderError('record-invalid', `version ${version} is named by the registry and not stored`, {
    fields: { version },
  });
}

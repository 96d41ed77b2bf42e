import { AlderError } from '../../../shared/errors';
import type { ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { inTurns } from './in-turns';
import type { RegistryView } from './registry-view';
import { decodeStoredRecord, type ServedModel, servedModelInSteps } from './served-model';
import { SharedLoads } from './shared-loads';

/** A record as it is stored, and what it says. */
export interface StoredRecord {
  readonly text: string;
  readonly record: VersionRecord;
}

const LOADS_MAX = 16;

/** Fetches versions that this process does not hold, checked; who asks for the same one shares one fetch. */
export class VersionLoads {
  private readonly records = new SharedLoads<number, StoredRecord>(LOADS_MAX);
  private readonly models = new SharedLoads<number, ServedModel>(LOADS_MAX);
  private readonly states = new SharedLoads<'now', RegistryState>(1);

  constructor(
    private readonly registry: ModelRegistry,
    private readonly view: RegistryView,
    private readonly requestRowsMax: number,
  ) {}

  /**
   * Throws `unknown-version` above the newest, `retired-version` for one no longer stored, `model-not-loaded` before
   * the first, `registry-unavailable`, `too-many-waiters`; `record-invalid`, `digest-mismatch`, `tree-invalid` or
   * `tree-too-large` for one that fails its checks.
   */
  model(version: number): Promise<ServedModel> {
    return this.models.load(version, async () => {
      // A number that was given out has a record and a tree, and fetching them together spares a round trip in the time
      // from a publish to its first answer. Any other number has to pass the record's check first.
      const isGivenOut = version <= (this.view.state?.newest?.version ?? 0);
      const [{ record }, fetched] = await Promise.all([
        this.record(version),
        isGivenOut ? this.registry.loadTree(version) : null,
      ]);
      const treeText = fetched ?? (await this.registry.loadTree(version));
      if (treeText === null) throw await this.absence(version);
      return inTurns(servedModelInSteps(record, treeText, this.requestRowsMax));
    });
  }

  /** The record, checked; throws as `model` does. */
  record(version: number): Promise<StoredRecord> {
    return this.records.load(version, async () => {
      // Asking for numbers that were never given out costs one shared look and no fetch.
      if (version > (this.view.state?.newest?.version ?? 0)) await this.refuseUnpublished(version);
      const text = await this.registry.loadRecord(version);
      if (text === null) throw await this.absence(version);
      return { text, record: decodeStoredRecord(text, this.registry.model, version) };
    });
  }

  /** Another process may have published since the view was taken, so the registry itself is asked. */
  private async refuseUnpublished(version: number): Promise<void> {
    const { newest } = await this.states.load('now', () => this.registry.loadState());
    if (newest === null) throw new AlderError('model-not-loaded', 'there is no version yet');
    if (version > newest.version) throw new AlderError('unknown-version', `there is no version ${version}`);
  }

  private async absence(version: number): Promise<AlderError> {
    await this.refuseUnpublished(version);
    return new AlderError('retired-version', `version ${version} was retired`);
  }
}

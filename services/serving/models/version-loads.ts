import { AlderError } from '../../../shared/errors';
import type { ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import type { RegistryView } from './registry-view';
import { runTimeSliced } from './run-time-sliced';
import { decodeStoredRecord, type ServedModel, servedModelInSteps } from './served-model';
import { SingleFlight } from './single-flight';

/** A record: its stored text, and the same decoded. */
export interface StoredRecord {
  readonly text: string;
  readonly record: VersionRecord;
}

const LOADS_MAX = 16;

/** Fetches and checks versions that this process has not cached; concurrent requests for one version share one fetch. */
export class VersionLoads {
  private readonly records = new SingleFlight<number, StoredRecord>(LOADS_MAX);
  private readonly models = new SingleFlight<number, ServedModel>(LOADS_MAX);
  private readonly states = new SingleFlight<'now', RegistryState>(1);

  constructor(
    private readonly registry: ModelRegistry,
    private readonly view: RegistryView,
    private readonly requestRowsMax: number,
  ) {}

  /**
   * Throws `unknown-version` above the newest version, `retired-version` for one that is no longer stored,
   * `model-not-loaded` before the first, `registry-unavailable`, `too-many-waiters`; and for a version that fails its
   * checks `record-invalid`, `digest-mismatch`, `tree-invalid` or `tree-too-large`.
   */
  model(version: number): Promise<ServedModel> {
    return this.models.load(version, async () => {
      // A published number has a record and a tree, so both are fetched at once, which spares a round trip between a
      // publish and its first answer. Any other number has to pass the check of its record first.
      const isPublished = version <= (this.view.state?.newest?.version ?? 0);
      const [{ record }, fetched] = await Promise.all([
        this.record(version),
        isPublished ? this.registry.loadTree(version) : null,
      ]);
      const treeText = fetched ?? (await this.registry.loadTree(version));
      if (treeText === null) throw await this.absence(version);
      return runTimeSliced(servedModelInSteps(record, treeText, this.requestRowsMax));
    });
  }

  /** The checked record; throws as `model` does. */
  record(version: number): Promise<StoredRecord> {
    return this.records.load(version, async () => {
      // A number that was never published costs one shared read of the state and no fetch.
      if (version > (this.view.state?.newest?.version ?? 0)) await this.refuseUnpublished(version);
      const text = await this.registry.loadRecord(version);
      if (text === null) throw await this.absence(version);
      return { text, record: decodeStoredRecord(text, this.registry.model, version) };
    });
  }

  /** The registry itself is asked, because another process may have published since the last state was seen. */
  private async refuseUnpublished(version: number): Promise<void> {
    const { newest } = await this.states.load('now', () => this.registry.loadState());
    if (newest === null) throw new AlderError('model-not-loaded', 'there is no version yet');
    if (version > newest.version)
      throw new AlderError('unknown-version', `there is no version ${version}`, { fields: { version } });
  }

  private async absence(version: number): Promise<AlderError> {
    await this.refuseUnpublished(version);
    return new AlderError('retired-version', `version ${version} was retired`, { fields: { version } });
  }
}

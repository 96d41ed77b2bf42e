import type { ModelRegistry, VersionRef } from '../../shared/model-registry/model-registry';
import { decodeVersionRecord, type VersionRecord } from '../../shared/model-registry/version-record';
import type { AlderExit } from '../support/alder-process';

/** The versions that were seen while processes died; a published version must stay unchanged. */
export class SeenVersions {
  private readonly seen: VersionRef[] = [];

  constructor(private readonly registry: ModelRegistry) {}

  async newest(): Promise<number> {
    return (await this.registry.loadState()).newest?.version ?? 0;
  }

  /** The newest version after a fault; at least the last version that the process reported. */
  async noteAfter({ stdout, stderr }: Pick<AlderExit, 'stdout' | 'stderr'>): Promise<number> {
    const told = [...stdout, ...stderr].flatMap(
      (line) => / version (\d+) (live|refused)/.exec(line)?.[1] ?? [],
    );
    const { newest } = await this.registry.loadState();
    const version = newest?.version ?? 0;
    const toldLast = Number(told.at(-1) ?? 0);
    if (version < toldLast)
      throw new Error(`version ${toldLast} was told and is lost; the newest is ${version}`);
    if (newest !== null) this.seen.push(newest);
    return version;
  }

  /** The seen versions of which the registry now holds another record, or none. */
  async changed(): Promise<VersionRef[]> {
    const records = new Map(
      (await storedRecords(this.registry)).map((each) => [each.version, each.recordDigest]),
    );
    return this.seen.filter(({ version, recordDigest }) => records.get(version) !== recordDigest);
  }
}

/** Every stored record, ascending. */
export async function storedRecords(registry: ModelRegistry): Promise<VersionRecord[]> {
  const records: VersionRecord[] = [];
  for (const version of await registry.listVersions())
    records.push(decodeVersionRecord((await registry.loadRecord(version))!));
  return records;
}

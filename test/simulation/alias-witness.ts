import type { RegistryState } from '../../shared/model-registry/model-registry';
import type { MemoryModelStore } from '../support/memory-model-store';

/**
 * Observes every move of an alias at the instant of its effect. Checks that each move is in the journal with the next
 * revision, and that retention never deletes a version that an alias points at.
 */
export class AliasWitness {
  private seenEntries = 0;
  /** The last journal entry of each alias. */
  private readonly told = new Map<string, { readonly version: number; readonly revision: number }>();

  constructor(
    private readonly store: MemoryModelStore,
    private readonly accuse: (violation: string) => void,
  ) {}

  observe({ aliases, previousChampion, newest }: RegistryState): void {
    this.readJournal();
    for (const [alias, { version, revision }] of Object.entries(aliases)) {
      const told = this.told.get(alias);
      if (told?.version !== version || told.revision !== revision)
        this.accuse(`${alias} points at version ${version}, of which the journal does not know`);
      this.expectStored(version, alias);
    }
    if (newest !== null) this.expectStored(newest.version, 'the newest');
    if (previousChampion !== null) this.expectStored(previousChampion, 'the champion before');
  }

  private readJournal(): void {
    const { entries } = this.store;
    for (; this.seenEntries < entries.length; this.seenEntries++) {
      const { alias, from, to, revision } = entries[this.seenEntries]!;
      const before = this.told.get(alias);
      if (from !== (before?.version ?? null) || revision !== (before?.revision ?? 0) + 1)
        this.accuse(`the journal's entry ${revision} of ${alias} does not follow the one before`);
      this.told.set(alias, { version: to, revision });
    }
  }

  private expectStored(version: number, name: string): void {
    if (!this.store.versions.has(version)) this.accuse(`version ${version} is ${name} and was retired`);
  }
}

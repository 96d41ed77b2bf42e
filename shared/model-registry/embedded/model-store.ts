import { randomUUID } from 'node:crypto';
import type { TextStore } from '../../lmdb/environment';
import { JOURNAL_ENTRIES_MAX } from '../journal';
import type { JournalEntry, RegistryState } from '../model-registry';
import { EMPTY_STATE, type StoredVersion } from '../registry-rules';

/**
 * The keys of one model's registry in the embedded store:
 *
 *   [model, 'id']               the registry's random id
 *   [model, 'state']            the RegistryState as JSON
 *   [model, 'record', version]  the record's text
 *   [model, 'tree', version]    the tree's text
 *   [model, 'report']           the trainer's last report
 *   [model, 'journal', number]  one entry as JSON, numbered from 1
 *
 * Every method runs inside a step of the environment.
 */
export class EmbeddedModelStore {
  constructor(
    private readonly store: TextStore,
    private readonly model: string,
  ) {}

  /** The registry's id; a missing one is made. */
  idOrNew(): string {
    const stored = this.store.get([this.model, 'id']);
    if (stored !== undefined) return stored;
    const id = randomUUID();
    this.store.putSync([this.model, 'id'], id);
    return id;
  }

  /** The state as it is stored; equal states have equal texts. */
  stateText(): string {
    return this.store.get([this.model, 'state']) ?? JSON.stringify(EMPTY_STATE);
  }

  state(): RegistryState {
    return parseState(this.stateText());
  }

  putState(state: RegistryState): void {
    this.store.putSync([this.model, 'state'], JSON.stringify(state));
  }

  report(): string | null {
    return this.store.get([this.model, 'report']) ?? null;
  }

  putReport(report: string): void {
    this.store.putSync([this.model, 'report'], report);
  }

  record(version: number): string | null {
    return this.store.get([this.model, 'record', version]) ?? null;
  }

  tree(version: number): string | null {
    return this.store.get([this.model, 'tree', version]) ?? null;
  }

  /** Ascending. */
  versions(): number[] {
    return this.numbersUnder('record', {});
  }

  /**
   * True when a version with a lower number is stored. Only the oldest version is read, since counting all versions at
   * every publish takes long.
   */
  holdsBelow(version: number): boolean {
    const [oldest] = this.numbersUnder('record', { oldest: 1 });
    return oldest !== undefined && oldest < version;
  }

  hasVersion(version: number): boolean {
    return this.store.doesExist([this.model, 'record', version]);
  }

  compare(version: number, recordText: string, treeText: string): StoredVersion {
    const record = this.record(version);
    if (record === null) return 'absent';
    return record === recordText && this.tree(version) === treeText ? 'identical' : 'different';
  }

  putVersion(version: number, recordText: string, treeText: string): void {
    this.store.putSync([this.model, 'tree', version], treeText);
    this.store.putSync([this.model, 'record', version], recordText);
  }

  removeVersion(version: number): void {
    this.store.removeSync([this.model, 'record', version]);
    this.store.removeSync([this.model, 'tree', version]);
  }

  /** Adds an entry, and deletes the entry above the bound of the journal. */
  addToJournal(entry: JournalEntry): void {
    const number = (this.numbersUnder('journal', { newest: 1 })[0] ?? 0) + 1;
    this.store.putSync([this.model, 'journal', number], JSON.stringify(entry));
    this.store.removeSync([this.model, 'journal', number - JOURNAL_ENTRIES_MAX]);
  }

  /** The newest entries, oldest of them first. */
  newestOfJournal(countMax: number): JournalEntry[] {
    return this.numbersUnder('journal', { newest: countMax })
      .reverse()
      .map((number) => JSON.parse(this.store.get([this.model, 'journal', number]) ?? 'null') as JournalEntry);
  }

  /** The last parts of the keys of one kind: all or the oldest, ascending; or the newest, descending. */
  private numbersUnder(
    kind: 'record' | 'journal',
    { newest, oldest }: { newest?: number; oldest?: number },
  ): number[] {
    const first = [this.model, kind, 0];
    const last = [this.model, kind, Number.MAX_SAFE_INTEGER];
    const keys =
      newest === undefined
        ? this.store.getKeys({ start: first, end: last, ...(oldest === undefined ? {} : { limit: oldest }) })
        : this.store.getKeys({ start: last, end: first, reverse: true, limit: newest });
    return Array.from(keys, (key) => Number((key as readonly unknown[]).at(-1)));
  }
}

export function parseState(text: string): RegistryState {
  return JSON.parse(text) as RegistryState;
}

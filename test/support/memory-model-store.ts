import { randomUUID } from 'node:crypto';
import type { JournalEntry, RegistryState } from '../../shared/model-registry/model-registry';
import { type Changed, EMPTY_STATE } from '../../shared/model-registry/registry-rules';

/** A version as it was published. */
export interface StoredVersion {
  recordText: string;
  treeText: string;
}

/** What the handles on one model share. */
export class MemoryModelStore {
  readonly versions = new Map<number, StoredVersion>();
  readonly entries: JournalEntry[] = [];
  state: RegistryState = EMPTY_STATE;
  report: string | null = null;
  private readonly watchers = new Set<() => void>();

  constructor(readonly registryId: string = randomUUID()) {}

  put(fields: Partial<RegistryState>): void {
    this.state = { ...this.state, ...fields };
    this.tellWatchers();
  }

  putChanged({ state, entry }: Changed): void {
    if (entry !== null) this.entries.push(entry);
    this.put(state);
  }

  /** Calls whoever waits for a change; gives back how to stop waiting. */
  onChange(wake: () => void): () => void {
    this.watchers.add(wake);
    return () => this.watchers.delete(wake);
  }

  tellWatchers(): void {
    for (const wake of [...this.watchers]) wake();
  }
}

import { randomUUID } from 'node:crypto';
import type { JournalEntry, RegistryState } from '../../shared/model-registry/model-registry';
import { type Changed, EMPTY_STATE } from '../../shared/model-registry/registry-rules';

/** A version as it was published. */
export interface StoredVersion {
  recordText: string;
  treeText: string;
}

/** The state that the handles on one model share. */
export class MemoryModelStore {
  readonly versions = new Map<number, StoredVersion>();
  readonly entries: JournalEntry[] = [];
  state: RegistryState = EMPTY_STATE;
  report: string | null = null;
  private readonly watchers = new Set<() => void>();

  constructor(readonly registryId: string = randomUUID()) {}

  put(fields: Partial<RegistryState>): void {
    this.state = { ...this.state, ...fields };
    this.wakeWatchers();
  }

  putChanged({ state, entry }: Changed): void {
    if (entry !== null) this.entries.push(entry);
    this.put(state);
  }

  /** Calls `wake` after each change; gives the unsubscriber. */
  onChange(wake: () => void): () => void {
    this.watchers.add(wake);
    return () => this.watchers.delete(wake);
  }

  wakeWatchers(): void {
    for (const wake of [...this.watchers]) wake();
  }
}

import { type Database, type Key, open, type RootDatabase } from 'lmdb';
import { AlderError } from '../errors';
import { closeToOthers, dataFolderError, failureOf, prepareDataFolder } from './data-folder';

export type TextStore = Database<string, Key>;
export type BytesStore = Database<Buffer, Key>;

/** The code of a failed step; each adapter gives the code of its port. */
type EnvironmentFault = 'log-unavailable' | 'registry-unavailable';

/** Above the number of named stores: the log has three and the registry one. */
export const STORES_MAX = 8;

/**
 * Opens the LMDB environment of a data folder, and makes a missing folder. Several processes may have it open, and all
 * adapters of one process share one environment. Throws `data-folder`.
 */
export function openEnvironment(dataDir: string): Environment {
  const folder = prepareDataFolder(dataDir);
  try {
    const root = open({ path: folder, noSubdir: false, maxDbs: STORES_MAX });
    // A killed process leaves its entry in the table of readers, which would keep old pages from reuse.
    root.readerCheck();
    closeToOthers(folder);
    return new Environment(folder, root);
  } catch (error) {
    throw dataFolderError(folder, error);
  }
}

/**
 * The stores of a data folder, read and written in steps. A step is one synchronous function, so no transaction spans an
 * await.
 */
export class Environment {
  private readonly stores = new Map<string, TextStore | BytesStore>();
  private readonly listeners = new Set<() => void>();
  private closing: Promise<void> | null = null;

  constructor(
    /** Full path. */
    readonly dataDir: string,
    private readonly root: RootDatabase,
  ) {}

  get isClosed(): boolean {
    return this.closing !== null;
  }

  textStore(name: string): TextStore {
    return this.store(name, 'string') as TextStore;
  }

  bytesStore(name: string): BytesStore {
    return this.store(name, 'binary') as BytesStore;
  }

  /** Runs a step that only reads, on the newest snapshot, which includes the writes of other processes. */
  read<T>(fault: EnvironmentFault, step: () => T): T {
    return this.guarded(fault, () => {
      this.root.resetReadTxn();
      return step();
    });
  }

  /**
   * Runs a step as one atomic transaction, and resolves once it is durable. A step that throws leaves no trace. The write
   * lock spans processes, so a step's reads cannot change under it. LMDB's default flags sync a commit before it returns;
   * `flushed` covers other flags, under which a commit is visible before it is durable.
   */
  async write<T>(fault: EnvironmentFault, step: () => T): Promise<T> {
    const result = this.guarded(fault, () => this.root.transactionSync(step));
    await this.root.flushed;
    this.wake();
    return result;
  }

  /** Calls the listener after every write of this process and when the environment closes; gives the unsubscriber. */
  onWrite(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls all listeners, so that their waits end. */
  wake(): void {
    for (const listener of this.listeners) listener();
  }

  /** Closes the folder for this process; later steps throw. May be called twice. */
  close(): Promise<void> {
    if (this.closing === null) {
      this.closing = this.root.close();
      this.wake();
    }
    return this.closing;
  }

  private store(name: string, encoding: 'string' | 'binary'): TextStore | BytesStore {
    const opened = this.stores.get(name);
    if (opened !== undefined) return opened;
    if (this.closing !== null) throw dataFolderError(this.dataDir, new Error('it was closed'));
    try {
      const store = this.root.openDB<string & Buffer, Key>({ name, encoding });
      this.stores.set(name, store);
      return store;
    } catch (error) {
      // The first opening of a store writes its name into the folder, so it may fail.
      throw dataFolderError(this.dataDir, error);
    }
  }

  /** LMDB may crash the process when a closed environment is used, so the step is refused before. */
  private guarded<T>(fault: EnvironmentFault, step: () => T): T {
    if (this.closing !== null) {
      const code = fault === 'log-unavailable' ? 'log-closed' : 'registry-closed';
      throw new AlderError(code, `the data folder ${this.dataDir} was closed by this process`, {
        fields: { folder: this.dataDir },
      });
    }
    try {
      return step();
    } catch (error) {
      if (error instanceof AlderError) throw error;
      const failure = failureOf(this.dataDir, error);
      throw new AlderError(fault, `the data folder ${this.dataDir} failed: ${failure}`, {
        hint: 'check that the disk has room and the folder is still there',
        cause: error,
        fields: { folder: this.dataDir },
      });
    }
  }
}

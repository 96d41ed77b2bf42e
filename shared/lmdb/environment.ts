import { type Database, type Key, open, type RootDatabase } from 'lmdb';
import { AlderError } from '../errors';
import { closeToOthers, dataFolderError, failureOf, prepareDataFolder } from './data-folder';

export type TextStore = Database<string, Key>;
export type BytesStore = Database<Buffer, Key>;

/** Which port's fault it is when a step cannot be done; each adapter gives its own. */
export type EnvironmentFault = 'log-unavailable' | 'registry-unavailable';

/** Named stores of one data folder: the log has three and the registry one. */
export const STORES_MAX = 8;

/**
 * Opens the one LMDB environment of a data folder; the folder is made when it is missing. Several processes may have
 * it open at once, and all adapters of one process share one environment. Throws `data-folder`.
 */
export function openEnvironment(dataDir: string): Environment {
  const folder = prepareDataFolder(dataDir);
  try {
    const root = open({ path: folder, noSubdir: false, maxDbs: STORES_MAX });
    // A process that was killed leaves its place in the table of readers, which would keep old pages from reuse.
    root.readerCheck();
    closeToOthers(folder);
    return new Environment(folder, root);
  } catch (error) {
    throw dataFolderError(folder, error);
  }
}

/**
 * The stores of a data folder, read and written in whole steps. A step is one synchronous function, so no transaction
 * is ever held across an await.
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

  /** Runs a step that only reads, on the newest snapshot, also of what other processes wrote a moment ago. */
  read<T>(fault: EnvironmentFault, step: () => T): T {
    return this.guarded(fault, () => {
      this.root.resetReadTxn();
      return step();
    });
  }

  /**
   * Runs a step as one atomic transaction, and resolves once it is durable. A step that throws leaves no trace. The
   * write lock spans processes, so what a step reads cannot change under it. With its default flags the commit syncs
   * before it returns; `flushed` covers writes of the store that do not, since a commit is visible before its flush.
   */
  async write<T>(fault: EnvironmentFault, step: () => T): Promise<T> {
    const result = this.guarded(fault, () => this.root.transactionSync(step));
    await this.root.flushed;
    this.wake();
    return result;
  }

  /** Calls the listener after every write of this process and when the environment closes; gives the way to stop. */
  onWrite(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Lets everybody who waits look again. */
  wake(): void {
    for (const listener of this.listeners) listener();
  }

  /** Ends the use of the folder by this process; later steps throw. May be called twice. */
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
      // The first opening of a store writes its name into the folder.
      throw dataFolderError(this.dataDir, error);
    }
  }

  /** LMDB may crash the process when a closed environment is used, so a step is refused before it gets there. */
  private guarded<T>(fault: EnvironmentFault, step: () => T): T {
    if (this.closing !== null) {
      const code = fault === 'log-unavailable' ? 'log-closed' : 'registry-closed';
      throw new AlderError(code, `the data folder ${this.dataDir} was closed by this process`);
    }
    try {
      return step();
    } catch (error) {
      if (error instanceof AlderError) throw error;
      const failure = failureOf(this.dataDir, error);
      throw new AlderError(fault, `the data folder ${this.dataDir} failed: ${failure}`, {
        hint: 'check that the disk has room and the folder is still there',
        cause: error,
      });
    }
  }
}

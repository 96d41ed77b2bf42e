import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { AlderError } from '../../../shared/errors';

/** LMDB's magic number 0xBEEFC0DE, little-endian, behind the header of the first page. */
const MAGIC = Buffer.from([0xde, 0xc0, 0xef, 0xbe]);
const MAGIC_AT = 24;
const STORES_MAX = 8;

/** A key of the data folder: names and numbers. */
type StoredKey = readonly (string | number)[];

/** The named stores of a data folder, opened read-only. A store that does not exist is empty. */
export class LmdbFolder {
  private readonly root: RootDatabase;

  /** Throws `data-folder` for a folder that does not exist or holds no LMDB file. */
  constructor(dataDir: string) {
    const folder = resolve(dataDir);
    const file = join(folder, 'data.mdb');
    if (!existsSync(file) || !hasMagic(file)) {
      throw new AlderError('data-folder', `there is no log and no registry in ${folder}`, {
        hint: 'name the data folder with --data-dir',
        fields: { folder },
      });
    }
    this.root = open({ path: folder, noSubdir: false, maxDbs: STORES_MAX, readOnly: true });
  }

  texts(name: string): LmdbStore<string> {
    return new LmdbStore(this.root, name, 'string');
  }

  bytes(name: string): LmdbStore<Buffer> {
    return new LmdbStore(this.root, name, 'binary');
  }

  /** Runs synchronous reads on one new snapshot, which includes the writes of other processes. */
  step<T>(reads: () => T): T {
    this.root.resetReadTxn();
    return reads();
  }

  close(): Promise<void> {
    return this.root.close();
  }
}

/** Reads of one named store; every call must be inside a step of the folder. */
class LmdbStore<Value> {
  private store: Database<Value, (string | number)[]> | undefined;

  constructor(
    private readonly root: RootDatabase,
    private readonly name: string,
    private readonly encoding: 'string' | 'binary',
  ) {}

  get(key: StoredKey): Value | undefined {
    return this.opened()?.get([...key]);
  }

  /** Keys and values from `from` on and below `to`, in order, at most `countMax`. */
  range(from: StoredKey, to: StoredKey, countMax: number): { key: StoredKey; value: Value }[] {
    const store = this.opened();
    if (store === undefined) return [];
    return Array.from(
      store.getRange({ start: [...from], end: [...to], limit: countMax }),
      ({ key, value }) => ({ key, value }),
    );
  }

  /** The last part of every key from `from` on and below `to`, as a number, in order. */
  numbers(from: StoredKey, to: StoredKey, countMax = Number.MAX_SAFE_INTEGER): number[] {
    const store = this.opened();
    if (store === undefined) return [];
    return Array.from(store.getKeys({ start: [...from], end: [...to], limit: countMax }), (key) =>
      Number(key.at(-1)),
    );
  }

  private opened(): Database<Value, (string | number)[]> | undefined {
    // A store that does not exist cannot be opened read-only; another process may create it later.
    this.store ??= this.root.openDB({ name: this.name, encoding: this.encoding });
    return this.store;
  }
}

function hasMagic(file: string): boolean {
  const head = Buffer.alloc(MAGIC_AT + MAGIC.length);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, head, 0, head.length, 0);
    return head.subarray(MAGIC_AT).equals(MAGIC);
  } finally {
    closeSync(descriptor);
  }
}

import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { AlderError } from '../../../shared/errors';

/** Little-endian 0xBEEFC0DE, behind the header of the first page. */
const MAGIC = Buffer.from([0xde, 0xc0, 0xef, 0xbe]);
const MAGIC_AT = 24;
const STORES_MAX = 8;

/** A key of the data folder: names and numbers. */
export type StoredKey = readonly (string | number)[];

/** The named stores of a data folder, opened so that nothing can be written. One that was never made is empty. */
export class LmdbFolder {
  private readonly root: RootDatabase;

  /** Throws `data-folder` when there is no data folder, or a file of another kind in its place. */
  constructor(dataDir: string) {
    const folder = resolve(dataDir);
    const file = join(folder, 'data.mdb');
    if (!existsSync(file) || !hasMagic(file)) {
      throw new AlderError('data-folder', `there is no log and no registry in ${folder}`, {
        hint: 'name the data folder with --data-dir',
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

  /** Runs synchronous reads on one snapshot, the newest there is, also of what other processes have written. */
  step<T>(reads: () => T): T {
    this.root.resetReadTxn();
    return reads();
  }

  close(): Promise<void> {
    return this.root.close();
  }
}

/** Reads of one named store; every call belongs inside a step of the folder. */
export class LmdbStore<Value> {
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

  /** The last part of every key from `from` on and below `to`, as numbers, in order. */
  numbers(from: StoredKey, to: StoredKey, countMax = Number.MAX_SAFE_INTEGER): number[] {
    const store = this.opened();
    if (store === undefined) return [];
    return Array.from(store.getKeys({ start: [...from], end: [...to], limit: countMax }), (key) =>
      Number(key.at(-1)),
    );
  }

  private opened(): Database<Value, (string | number)[]> | undefined {
    // Opened read-only, a store that nobody has made yet is none; it may come with the next write of another process.
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

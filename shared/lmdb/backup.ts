import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { open } from 'lmdb';
import { AlderError } from '../errors';
import { dataFolderError, prepareDataFolder } from './data-folder';
import { STORES_MAX } from './environment';

const DATA_FILE = 'data.mdb';

/**
 * Copies a data folder to a new folder while other processes write to it, as one snapshot, by LMDB's own copy with
 * compaction. The new folder appears under its name when it is whole and on the disk. Gives its size in bytes.
 *
 * Throws `data-folder` when there is nothing to copy, when the target exists and is not empty, or when a file cannot be
 * read or written.
 */
export async function copyDataFolder(from: string, to: string): Promise<number> {
  const source = resolve(from);
  const target = resolve(to);
  if (!existsSync(join(source, DATA_FILE)))
    throw new AlderError('data-folder', `there is no data folder ${source}`, { fields: { folder: source } });
  refuseUsed(target);
  const partial = join(dirname(target), `.${basename(target)}.partial-${process.pid}`);
  try {
    mkdirSync(dirname(target), { recursive: true });
    mkdirSync(partial, { mode: 0o700 });
    await copySnapshot(prepareDataFolder(source), partial);
    // An empty folder of that name may stand there; a rename replaces it.
    renameSync(partial, target);
    syncToDisk(dirname(target));
    return (await stat(join(target, DATA_FILE))).size;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error instanceof AlderError ? error : dataFolderError(target, error);
  }
}

function refuseUsed(target: string): void {
  if (!existsSync(target) || readdirSync(target).length === 0) return;
  throw new AlderError('data-folder', `${target} exists and is not empty`, {
    hint: 'name a new folder, or move this one away first: nothing is overwritten',
    fields: { folder: target },
  });
}

async function copySnapshot(source: string, target: string): Promise<void> {
  const root = open({ path: source, noSubdir: false, maxDbs: STORES_MAX });
  try {
    await root.backup(target, true);
  } finally {
    await root.close();
  }
  const file = join(target, DATA_FILE);
  await chmod(file, 0o600);
  syncToDisk(file);
  syncToDisk(target);
}

/** LMDB's copy returns before its bytes are on the disk. */
function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { AlderError } from '../errors';
import { checkRoom, isDiskFull, MAPPED_FILES } from './disk-room';

/** Where LMDB keeps everything inside the data folder. */
const DATA_FILE = 'data.mdb';

/** MDB_MAGIC, little-endian, behind the 24 bytes of the first page's header. */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;

/**
 * Makes the data folder when it is missing, and checks that it can hold an environment. Gives its full path. Throws
 * `data-folder` with what is wrong when the folder cannot be made, read or written, holds a file of another kind, or
 * would have to be filled for the first time on a full disk.
 */
export function prepareDataFolder(dataDir: string): string {
  const folder = resolve(dataDir);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    checkMagic(join(folder, DATA_FILE));
    checkRoom(folder);
  } catch (error) {
    throw dataFolderError(folder, error);
  }
  return folder;
}

/**
 * Takes the files of an open folder away from other users of the machine: they hold every row. A folder of somebody
 * else, which this user may only write to, stays as it is.
 */
export function closeToOthers(folder: string): void {
  for (const file of MAPPED_FILES) {
    const path = join(folder, file);
    if (statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.()) chmodSync(path, 0o600);
  }
}

/** The error for a data folder that cannot be used, with the reason as its cause. */
export function dataFolderError(folder: string, cause: unknown): AlderError {
  const hint = isDiskFull(folder)
    ? 'make room on its disk, or name another folder with ALDER_DATA_DIR'
    : 'name a folder that can be written with ALDER_DATA_DIR, or repair this one';
  const message = `the data folder ${folder} cannot be used: ${failureOf(folder, cause)}`;
  return new AlderError('data-folder', message, { hint, cause });
}

/** Why a step failed, for a person: LMDB calls a write that did not fit an input/output error. */
export function failureOf(folder: string, cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return isDiskFull(folder) ? `its disk is full (${reason})` : reason;
}

/** LMDB crashes the whole process on a file that it did not write, so the file is looked at first. */
function checkMagic(file: string): void {
  if (!existsSync(file)) return;
  accessSync(file, constants.R_OK | constants.W_OK);
  const head = Buffer.alloc(MAGIC_AT + 4);
  const descriptor = openSync(file, 'r');
  try {
    const bytes = readSync(descriptor, head, 0, head.length, 0);
    // An empty file is what a process leaves that was killed while it opened the folder for the first time.
    if (bytes === 0) return;
    if (bytes < head.length || head.readUInt32LE(MAGIC_AT) !== MAGIC) {
      throw new Error(`${file} is not an LMDB file`);
    }
  } finally {
    closeSync(descriptor);
  }
}

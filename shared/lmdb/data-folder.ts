import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  type Stats,
  statfsSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { AlderError } from '../errors';

/** LMDB's file inside the data folder. */
const DATA_FILE = 'data.mdb';

/** MDB_MAGIC, little-endian, behind the 24 bytes of the first page's header. */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;

/** Below this a disk counts as full. LMDB's files and the stores of a new folder take some 64 KiB. */
const FREE_BYTES_MIN = 1_048_576;

/** LMDB maps both into memory while the folder is open. */
const MAPPED_FILES = ['data.mdb', 'lock.mdb'];

/**
 * Makes a missing data folder, and checks that it can hold an environment. Gives its full path. Throws `data-folder` with
 * the reason when the folder cannot be made, read or written, holds a file that is not LMDB's, or is new on a full disk.
 */
export function prepareDataFolder(dataDir: string): string {
  const folder = resolve(dataDir);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    checkMagic(join(folder, DATA_FILE));
    checkDiskSpace(folder);
  } catch (error) {
    throw dataFolderError(folder, error);
  }
  return folder;
}

/**
 * Closes the files of an open data folder to other users of the machine, since they hold every row. Files that belong to
 * another user keep their mode.
 */
export function closeToOthers(folder: string): void {
  for (const file of MAPPED_FILES) {
    const path = join(folder, file);
    if (statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.()) chmodSync(path, 0o600);
  }
}

/** The error of an unusable data folder, with the reason as its cause. */
export function dataFolderError(folder: string, cause: unknown): AlderError {
  const hint = isDiskFull(folder)
    ? 'make room on its disk, or name another folder with ALDER_DATA_DIR'
    : 'name a folder that can be written with ALDER_DATA_DIR, or repair this one';
  const message = `the data folder ${folder} cannot be used: ${failureOf(folder, cause)}`;
  return new AlderError('data-folder', message, { hint, cause, fields: { folder } });
}

/** The reason of a failure, for a person: LMDB reports a full disk as an input/output error. */
export function failureOf(folder: string, cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return isDiskFull(folder) ? `its disk is full (${reason})` : reason;
}

/** LMDB crashes the process on a file that it did not write, so its magic number is checked first. */
function checkMagic(file: string): void {
  if (!existsSync(file)) return;
  accessSync(file, constants.R_OK | constants.W_OK);
  const head = Buffer.alloc(MAGIC_AT + 4);
  const descriptor = openSync(file, 'r');
  try {
    const bytes = readSync(descriptor, head, 0, head.length, 0);
    // A process that was killed during its first opening of the folder leaves an empty file.
    if (bytes === 0) return;
    if (bytes < head.length || head.readUInt32LE(MAGIC_AT) !== MAGIC) {
      throw new Error(`${file} is not an LMDB file`);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** True when the disk of a folder has less than `FREE_BYTES_MIN`; false where the system does not tell. */
function isDiskFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < FREE_BYTES_MIN;
  } catch {
    return false;
  }
}

/**
 * Throws when the disk is full and LMDB's files have to be made. LMDB writes its lock file through a mapping, and a mapped
 * page without space on the disk raises SIGBUS, after which the process spins and ignores signals. A folder that was open
 * before has those pages, so it opens on a full disk too.
 */
function checkDiskSpace(folder: string): void {
  if (MAPPED_FILES.every((file) => isOnDisk(join(folder, file)))) return;
  if (isDiskFull(folder)) throw new Error('a new log does not fit');
}

/** A file may have a length and no blocks yet, so the blocks count. */
function isOnDisk(file: string): boolean {
  const found: Stats | undefined = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && found.blocks > 0;
}

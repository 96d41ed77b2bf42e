import { type Stats, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What LMDB needs to make its files and our stores in a new folder is some 64 KiB; with less than this, none is made. */
const ROOM_BYTES_MIN = 1_048_576;

/** Both are mapped into memory while the folder is open. */
export const MAPPED_FILES = ['data.mdb', 'lock.mdb'];

/** Whether the disk of a folder is as good as full; false where the system does not say. */
export function isDiskFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < ROOM_BYTES_MIN;
  } catch {
    return false;
  }
}

/**
 * Throws when the disk is full and LMDB's files still have to be made. LMDB writes its lock file through a mapping, and
 * a mapped page for which the disk has no room raises SIGBUS, after which the process spins and hears no signal any
 * more. In a folder that was open before, those pages exist, so it opens on a full disk too.
 */
export function checkRoom(folder: string): void {
  if (MAPPED_FILES.every((file) => isOnDisk(join(folder, file)))) return;
  if (isDiskFull(folder)) throw new Error('a new log does not fit');
}

/** A length alone is no room: a file that was only given one has no blocks yet. */
function isOnDisk(file: string): boolean {
  const found: Stats | undefined = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && found.blocks > 0;
}

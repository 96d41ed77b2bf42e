import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small file system in memory. */
export interface SmallDisk {
  readonly folder: string;
  /** Bytes that still fit. */
  freeBytes(): number;
  /** Fills the file system. */
  fill(): void;
  growTo(bytes: number): void;
  remove(): void;
}

/** Null when the user or the system cannot mount one. */
export function mountSmallDisk(bytes: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'alder-small-disk-'));
  const mount = (options: string) =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status;
  if (process.platform !== 'linux' || mount(`size=${bytes}`) !== 0) {
    rmSync(folder, { recursive: true });
    return null;
  }
  const freeBytes = () => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  return {
    folder,
    freeBytes,
    fill: () => writeFileSync(join(folder, 'filling'), Buffer.alloc(freeBytes())),
    growTo(newBytes) {
      if (mount(`remount,size=${newBytes}`) !== 0) throw new Error(`${folder} could not be made larger`);
    },
    remove() {
      // Lazy, since a process that was just killed may still have it open.
      spawnSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Bounds the length of the files that a running process may write (the soft RLIMIT_FSIZE), which needs no privileges.
 * False when the system has no `prlimit`.
 */
export function boundFileBytes(pid: number, bytes: number): boolean {
  return spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]).status === 0;
}

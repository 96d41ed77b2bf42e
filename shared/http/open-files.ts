import { readFileSync } from 'node:fs';

/** What the process needs beside its connections: standard streams, the log, the registry, the fit's thread. */
const RESERVED_FILES = 128;
const CONNECTIONS_MIN = 16;

/**
 * The most connections that this process can hold beside its other files: past that limit the system itself would
 * turn newcomers away while idle clients keep their places. Infinity where the system does not say.
 */
export function connectionsWithinFileLimit(): number {
  const openFilesMax = readOpenFilesMax();
  return Math.max(CONNECTIONS_MIN, openFilesMax - RESERVED_FILES);
}

/** Node raises its soft limit to the hard one when it starts; only Linux tells it in a file. */
function readOpenFilesMax(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    // A sandbox without /proc: the configured cap stands alone.
    return Number.POSITIVE_INFINITY;
  }
}

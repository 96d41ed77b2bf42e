import { readFileSync } from 'node:fs';
import { AlderError } from '../errors';

/** macOS itself answers on these ports, which surprises everybody who starts a server there. */
const AIRPLAY_PORTS = new Set([5_000, 7_000]);
const PORT_MAX = 65_535;
/** Files that the process needs beside its connections: standard streams, the log, the registry, the fit's thread. */
const RESERVED_FILES = 128;
const CONNECTIONS_MIN = 16;

/** Explains why a server could not listen: `port-taken` with another port to try, or `setting-invalid`. */
export function listenError(
  cause: NodeJS.ErrnoException,
  host: string,
  port: number,
  portVariable: string,
  platform: NodeJS.Platform = process.platform,
): AlderError {
  const fields = { host, port };
  if (cause.code !== 'EADDRINUSE') {
    const why = `cannot listen on ${host}, port ${port}: ${cause.code ?? cause.message}`;
    return new AlderError('setting-invalid', why, { cause, fields });
  }
  const other = port + 50 <= PORT_MAX ? port + 50 : port - 50;
  const airplay =
    platform === 'darwin' && AIRPLAY_PORTS.has(port)
      ? '. On macOS this is most likely the AirPlay receiver: System Settings, General, AirDrop & Handoff turns it off'
      : '';
  const why = `port ${port} is taken; try ${portVariable}=${other} npm start${airplay}`;
  return new AlderError('port-taken', why, { cause, fields });
}

/**
 * The most connections that this process can hold beside its other files. Past the limit of open files the system
 * turns newcomers away while idle clients keep their connections. Infinity where the system reports no limit.
 */
export function connectionsWithinFileLimit(): number {
  return Math.max(CONNECTIONS_MIN, readOpenFilesMax() - RESERVED_FILES);
}

/** Node raises its soft limit to the hard one when it starts; only Linux reports the limit in a file. */
function readOpenFilesMax(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    // In a sandbox without /proc only the configured bound applies.
    return Number.POSITIVE_INFINITY;
  }
}

import { AlderError, ROW_FAULTS, type RowFault } from '../shared/errors';
import type { RowLog } from '../shared/row-log/row-log';
import { unlessStopped } from '../shared/runtime/tasks';
import type { Settings } from '../shared/settings/settings';
import { LOOKING, openBackend } from './open-backend';
import { openLog, Terminal } from './terminal';

/** Opens the log for a command about rejected rows; null when the signal aborted first. Its troubles go to stderr. */
export async function withRowLog<T>(
  settings: Settings,
  signal: AbortSignal,
  use: (log: RowLog) => Promise<T>,
): Promise<T | null> {
  const backend = openBackend(settings, openLog(settings.log, 'rejected', new Terminal(process.stderr)));
  try {
    // Refuses a data folder that is not there; the log alone would make one.
    if (backend.kind === 'embedded') await backend.registry(LOOKING);
    const opened = await unlessStopped(backend.rowLog(), signal);
    return opened === null ? null : await use(opened.rowLog);
  } finally {
    await backend.close();
  }
}

/** The reason that `--reason` names, null without it. Throws `usage` for one that there is not. */
export function reasonOf(text: unknown): RowFault | null {
  if (text === undefined) return null;
  const reason = ROW_FAULTS.find((fault) => fault === text);
  if (reason !== undefined) return reason;
  throw new AlderError('usage', `--reason takes one of ${ROW_FAULTS.join(', ')}`);
}

/** A whole number from 1 to `max`. Throws `usage`. */
export function countOf(option: string, text: unknown, max: number): number {
  const count = /^[1-9]\d{0,8}$/.test(String(text)) ? Number(text) : 0;
  if (count >= 1 && count <= max) return count;
  throw new AlderError('usage', `${option} takes a whole number from 1 to ${max}`);
}

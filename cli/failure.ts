import { AlderError, isAlderError } from '../shared/errors';

/** 2 for a call that was wrong in itself, 1 for one that failed. */
export function exitStatusOf(error: unknown): 1 | 2 {
  return isAlderError(error, 'usage', 'setting-invalid', 'settings-incomplete') ? 2 : 1;
}

/** One or two lines on stderr; a stack only for a fault of our own. */
export function reportFailure(error: unknown): void {
  if (error instanceof AlderError && error.code !== 'invariant') {
    process.stderr.write(`alder: ${error.message} (${error.code})\n`);
    if (error.hint !== undefined) process.stderr.write(`       ${error.hint}\n`);
    return;
  }
  process.stderr.write(`alder: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

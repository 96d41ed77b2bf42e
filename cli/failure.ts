import { AlderError, isAlderError } from '../shared/errors';

/** 2 for a wrong call, 1 for any other failure. */
export function exitStatusOf(error: unknown): 1 | 2 {
  return isAlderError(error, 'usage', 'setting-invalid', 'settings-incomplete') ? 2 : 1;
}

/**
 * Writes an error to stderr: one or two lines, or with `--json` one JSON object of code, message, hint and fields. A
 * broken invariant and an error without a code are bugs, so their stack is written.
 */
export function reportFailure(error: unknown, isJson: boolean): void {
  if (!(error instanceof AlderError) || error.code === 'invariant') {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`alder: ${text}\n`);
    return;
  }
  const { code, message, hint, fields } = error;
  if (isJson) process.stderr.write(`${JSON.stringify({ code, message, hint, fields })}\n`);
  else process.stderr.write(`alder: ${message} (${code})\n${hint === undefined ? '' : `       ${hint}\n`}`);
}

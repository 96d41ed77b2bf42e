import { AlderError, isAlderError } from '../shared/errors';
import { jsonLog } from '../shared/runtime/log';

/** 2 for a wrong call, 1 for any other failure. */
export function exitStatusOf(error: unknown): 1 | 2 {
  return isAlderError(error, 'usage', 'setting-invalid', 'settings-incomplete') ? 2 : 1;
}

/** How a failure is written: for a person, for a program that called with `--json`, or as a line of a JSON log. */
export type FailureForm = 'text' | 'json' | 'log';

/** The form that a call asks for; `environment.ALDER_LOG` and `--log` are the two spellings of the setting. */
export function failureForm(args: readonly string[], environment: NodeJS.ProcessEnv): FailureForm {
  if (args.includes('--json')) return 'json';
  const flag = args.indexOf('--log');
  const log = args.includes('--log=json') ? 'json' : flag === -1 ? environment.ALDER_LOG : args[flag + 1];
  return log === 'json' ? 'log' : 'text';
}

/**
 * Writes an error to stderr: one or two lines, one JSON object, or one line of the log. A broken invariant and an error
 * without a code are bugs, so their stack is written.
 */
export function reportFailure(error: unknown, form: FailureForm): void {
  const isBug = !(error instanceof AlderError) || error.code === 'invariant';
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (form === 'log') {
    if (isBug) jsonLog('alder').error('internal', String(error), { stack });
    else jsonLog('alder').error(error.code, error.message, { hint: error.hint, ...error.fields });
    return;
  }
  if (isBug) {
    process.stderr.write(`alder: ${stack}\n`);
    return;
  }
  const { code, message, hint, fields } = error;
  if (form === 'json') process.stderr.write(`${JSON.stringify({ code, message, hint, fields })}\n`);
  else process.stderr.write(`alder: ${message} (${code})\n${hint === undefined ? '' : `       ${hint}\n`}`);
}

import { Command } from 'commander';
import { isRetryable, OPERATING_FAULTS } from '../../shared/errors';
import { type CodeHelp, FAULT_HELP, LOG_CODES } from '../../shared/runtime/log-codes';
import { paintFor } from '../table';

interface CodeRow {
  readonly code: string;
  readonly kind: 'error' | 'event';
  /** True when the same call may succeed later without any change. */
  readonly canRetry: boolean;
  readonly meaning: string;
  /** Null where nothing is to be done. */
  readonly todo: string | null;
}

/** `alder codes`: every code of a log line or a failed command, its meaning and the next step. */
export function codesCommand(): Command {
  return new Command('codes')
    .description('list the codes of log lines and errors: what each means and what to do')
    .argument('[code]', 'one code alone')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  alder codes log-range-gone')
    .action((wanted: string | undefined, { json }: { readonly json?: true }, command: Command) => {
      const rows = codeRows().filter(({ code }) => wanted === undefined || code === wanted);
      if (rows.length === 0)
        command.error(`error: there is no code ${wanted}; "alder codes" lists all`, { exitCode: 2 });
      process.stdout.write(json === true ? `${JSON.stringify(rows, null, 2)}\n` : codesText(rows));
    });
}

function codeRows(): CodeRow[] {
  const row = (
    kind: CodeRow['kind'],
    code: string,
    canRetry: boolean,
    [meaning, todo]: CodeHelp,
  ): CodeRow => ({
    code,
    kind,
    canRetry,
    meaning,
    todo: todo ?? null,
  });
  return [
    ...OPERATING_FAULTS.map((code) => row('error', code, isRetryable(code), FAULT_HELP[code])),
    ...Object.entries(LOG_CODES).map(([code, help]) => row('event', code, false, help)),
  ];
}

/** Two or three lines a code, so that no line depends on the width of a terminal. */
function codesText(rows: readonly CodeRow[]): string {
  const paint = paintFor(process.stdout);
  return rows
    .map(({ code, kind, canRetry, meaning, todo }) => {
      const next = todo === null ? '' : `    to do: ${todo}\n`;
      return `${paint('head', code)} (${kind}${canRetry ? ', retried' : ''})\n    ${meaning}\n${next}`;
    })
    .join('');
}

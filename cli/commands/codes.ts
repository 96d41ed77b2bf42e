import { Command } from 'commander';
import { isRetryable, OPERATING_FAULTS } from '../../shared/errors';
import { type CodeHelp, FAULT_HELP, LOG_CODES } from '../../shared/runtime/log-codes';
import { paintFor } from '../table';

interface CodeRow extends CodeHelp {
  readonly code: string;
  readonly kind: 'error' | 'event';
  /** Whether the same call may succeed later without a change by anybody. */
  readonly canRetry: boolean;
}

/** `alder codes`: every code of a log line or of a failed command, with its meaning and the next step. */
export function codesCommand(): Command {
  return new Command('codes')
    .description('list the codes of log lines and errors: what each means and what to do')
    .argument('[code]', 'show this code alone')
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
  const events = Object.entries(LOG_CODES).map(
    ([code, help]) => ({ code, kind: 'event', canRetry: false, ...help }) as const,
  );
  const errors = OPERATING_FAULTS.map(
    (code) => ({ code, kind: 'error', canRetry: isRetryable(code), ...FAULT_HELP[code] }) as const,
  );
  return [...errors, ...events];
}

/** Three lines for each code; a table would be wider than a terminal. */
function codesText(rows: readonly CodeRow[]): string {
  const paint = paintFor(process.stdout);
  return rows
    .map(({ code, kind, canRetry, meaning, todo }) => {
      const note = kind === 'event' ? 'event' : `error${canRetry ? ', retried' : ''}`;
      return `${paint('head', code)} (${note})\n    ${meaning}\n    to do: ${todo}\n`;
    })
    .join('');
}

import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import {
  type ListedRow,
  listRejected,
  type ReasonSum,
  type RejectedList,
} from '../../services/rejected-rows/list-rejected';
import { type ReplaySummary, replayRejected } from '../../services/rejected-rows/replay-rejected';
import { AlderError, ROW_FAULTS, type RowFault } from '../../shared/errors';
import type { RowLog } from '../../shared/row-log/row-log';
import { runUntilSignal, unlessStopped } from '../../shared/runtime/tasks';
import type { Settings } from '../../shared/settings/settings';
import { ONE_ANSWER, openBackend } from '../open-backend';
import { countOf, SETTING_GROUPS, settingsOf, withSettings } from '../options';
import { type Paint, paintFor, tableText } from '../table';
import { openLog, SlowProgress, Terminal } from '../terminal';

/** `alder rejected list | replay`: the rows in the dead-letter topic. */
export function rejectedCommand(): Command {
  const command = new Command('rejected')
    .description('list the rejected rows, or send them to the topic again after a schema fix')
    // Without both, a wrong call of a subcommand would not end with status 2 as it does for the other commands.
    .exitOverride()
    .showHelpAfterError('(run with --help for what is allowed)');
  for (const subcommand of [rejectedListCommand(), rejectedReplayCommand()]) {
    command.addCommand(subcommand.copyInheritedSettings(command));
  }
  return command;
}

const ROWS_DEFAULT = 20;
const ROWS_MAX = 10_000;
const HEADER = [
  'partition',
  'offset',
  'line',
  'reason',
  'attempts',
  'at',
  'replayed',
  'bytes',
  'begins with',
];
const SUMS_HEADER = ['reason', 'rows', 'replayed', 'truncated'];

/** `alder rejected list`: rejected rows, newest first, and how many there are for each reason. */
function rejectedListCommand(): Command {
  const command = new Command('list')
    .description('show rejected rows, newest first, and the number of rows for each reason')
    .option('--reason <code>', 'only rows that were rejected for this reason')
    .option('--limit <count>', `most rows shown, up to ${ROWS_MAX}`, String(ROWS_DEFAULT))
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  alder rejected list --reason unknown-class');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async ({ reason, limit, json, ...flags }: Record<string, unknown>) => {
      const asked = { reason: reasonOf(reason), limit: countOf('--limit', limit, ROWS_MAX) };
      const settings = settingsOf(flags);
      const progress = new SlowProgress(new Terminal(process.stderr));
      await runUntilSignal(async (signal) => {
        const list = await withRowLog(settings, signal, (log) =>
          listRejected({
            ...asked,
            log,
            signal,
            onProgress: (messages) => progress.show(`${messages} rejected rows read`),
          }),
        ).finally(() => progress.end());
        if (list === null || signal.aborted) return;
        process.stdout.write(
          json === true ? `${JSON.stringify(list)}\n` : textOf(list, asked.reason, paintFor(process.stdout)),
        );
      });
    },
  );
}

function textOf({ rows, sums }: RejectedList, reason: RowFault | null, paint: Paint): string {
  if (sums.length === 0) return `no row was rejected${reason === null ? '' : ` for ${reason}`}\n`;
  const all = sums.reduce((sum, { rows: count }) => sum + count, 0);
  const shown = rows.length < all ? `${rows.length} of ${all} rejected rows shown` : `${all} rejected rows`;
  return [
    tableText(HEADER, rows.map(cellsOf), paint),
    tableText(SUMS_HEADER, sums.map(sumCells), paint),
    `${shown}\n`,
  ].join('\n');
}

function cellsOf({
  partition,
  offset,
  line,
  reason,
  attempts,
  at,
  isReplayed,
  bytes,
  wholeBytes,
  preview,
}: ListedRow): string[] {
  const size = wholeBytes === null ? String(bytes ?? '-') : `${bytes} of ${wholeBytes}`;
  const place = [partition, offset, line].map(String);
  return [...place, reason, String(attempts), at ?? '-', isReplayed ? 'yes' : 'no', size, preview];
}

function sumCells({ reason, rows, replayed, truncated }: ReasonSum): string[] {
  return [reason, String(rows), String(replayed), String(truncated)];
}

const ATTEMPTS_DEFAULT = 5;
const ATTEMPTS_MAX = 1_000;

/** `alder rejected replay`: sends rejected rows to the topic again, each once until it is rejected again. */
function rejectedReplayCommand(): Command {
  const command = new Command('replay')
    .description('send the original bytes of rejected rows to the topic again, after a schema fix')
    .option('--reason <code>', 'only rows that were rejected for this reason')
    .option(
      '--attempts-max <count>',
      'how often one row is sent again at most, over all replays',
      String(ATTEMPTS_DEFAULT),
    )
    .option('--dry-run', 'send nothing; print how many rows would be sent')
    .option('--json', 'the summary as JSON')
    .addHelpText('after', '\nExample:\n  alder rejected replay --reason unknown-class --dry-run');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async ({ reason, attemptsMax, dryRun, json, ...flags }: Record<string, unknown>) => {
      const asked = {
        reason: reasonOf(reason),
        attemptsMax: countOf('--attempts-max', attemptsMax, ATTEMPTS_MAX),
        isDryRun: dryRun === true,
        run: randomUUID(),
      };
      const settings = settingsOf(flags);
      const progress = new SlowProgress(new Terminal(process.stderr));
      await runUntilSignal(async (signal) => {
        const outcome = await withRowLog(settings, signal, (log) =>
          replayRejected({
            ...asked,
            log,
            signal,
            onProgress: (step, done, total) =>
              progress.show(
                step === 'reading' ? `${done} rejected rows read` : `${done} of ${total} rows sent`,
                done,
                total ?? 0,
              ),
          }),
        ).finally(() => progress.end());
        if (outcome === null) return;
        const { summary, failure } = outcome;
        const text = json === true ? JSON.stringify(summary) : describe(summary, settings.topic);
        process.stdout.write(`${text}\n`);
        if (failure !== null) throw failure;
        if (summary.ended === 'another-run') throw anotherRun();
      });
    },
  );
}

function describe(summary: ReplaySummary, topic: string): string {
  const { dryRun, ended, rows, due, sent, foundInLog } = summary;
  const head = ended === 'stopped' ? 'stopped: ' : ended === 'done' ? '' : 'not finished: ';
  const done = dryRun
    ? `would send ${due} of ${rows} rejected rows to ${topic}`
    : `${head}${sent} of ${rows} rejected rows sent to ${topic}`;
  const lines = [done];
  if (foundInLog > 0) lines.push(`  ${foundInLog} had been sent by an earlier run that could not note it`);
  for (const [count, why] of [
    [dryRun ? 0 : due - sent, 'are to be sent yet'],
    [summary.replayed, 'were sent before and not rejected again since'],
    [summary.attemptsUsedUp, 'were sent as often as they may be (--attempts-max)'],
    [summary.cut, 'are kept in part only: too large for any schema'],
    [summary.encoded, 'are compressed or otherwise wrapped: no schema reads them'],
  ] as const) {
    if (count > 0) lines.push(`  ${count} ${why}`);
  }
  return lines.join('\n');
}

function anotherRun(): AlderError {
  return new AlderError('precondition-failed', 'another replay of rejected rows began meanwhile', {
    hint: 'wait until it ends, then run this again: no row is sent twice',
  });
}

/** Opens the log for a command about rejected rows; null when the signal aborted first. Log lines go to stderr. */
async function withRowLog<T>(
  settings: Settings,
  signal: AbortSignal,
  use: (log: RowLog) => Promise<T>,
): Promise<T | null> {
  const backend = openBackend(settings, openLog(settings.log, 'rejected', new Terminal(process.stderr)));
  try {
    // The registry refuses a data folder that does not exist; the log would create it.
    if (backend.kind === 'embedded') await backend.registry(ONE_ANSWER);
    const opened = await unlessStopped(backend.rowLog(), signal);
    return opened === null ? null : await use(opened.rowLog);
  } finally {
    await backend.close();
  }
}

/** The reason of `--reason`, null without the option. Throws `usage` for an unknown reason. */
function reasonOf(text: unknown): RowFault | null {
  if (text === undefined) return null;
  const reason = ROW_FAULTS.find((fault) => fault === text);
  if (reason !== undefined) return reason;
  throw new AlderError('usage', `--reason takes one of ${ROW_FAULTS.join(', ')}`);
}

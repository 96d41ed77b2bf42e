import { Command } from 'commander';
import {
  type ListedRow,
  listRejected,
  type ReasonSum,
  type RejectedList,
} from '../../services/rejected-rows/list-rejected';
import type { RowFault } from '../../shared/errors';
import { runUntilSignal } from '../../shared/runtime/tasks';
import { countOf, reasonOf, withRowLog } from '../open-rejected';
import { type Paint, paintFor } from '../paint';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';
import { SlowProgress } from '../slow-progress';
import { tableText } from '../table';
import { Terminal } from '../terminal';

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
export function rejectedListCommand(_: Command): Command {
  const command = new Command('list')
    .description('show rejected rows, newest first, and their number for each reason')
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
            onProgress: (messages) => progress.tell(`${messages} rejected rows read`),
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

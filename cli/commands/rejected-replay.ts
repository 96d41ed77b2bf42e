import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { type ReplaySummary, replayRejected } from '../../services/rejected-rows/replay-rejected';
import { AlderError } from '../../shared/errors';
import { runUntilSignal } from '../../shared/runtime/tasks';
import { countOf, reasonOf, withRowLog } from '../open-rejected';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';
import { SlowProgress } from '../slow-progress';
import { Terminal } from '../terminal';

const ATTEMPTS_DEFAULT = 5;
const ATTEMPTS_MAX = 1_000;

/** `alder rejected replay`: sends rejected rows back to the topic, each once until it is rejected again. */
export function rejectedReplayCommand(_: Command): Command {
  const command = new Command('replay')
    .description('send the original bytes of rejected rows back to the topic, after a schema fix')
    .option('--reason <code>', 'only rows that were rejected for this reason')
    .option('--attempts-max <count>', 'most times that one row is sent again', String(ATTEMPTS_DEFAULT))
    .option('--dry-run', 'only say how many rows would be sent')
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
              progress.tell(
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
    hint: 'let it end, then run this again: what either has sent is not sent twice',
  });
}

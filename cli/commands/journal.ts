import { Command } from 'commander';
import { AlderError } from '../../shared/errors';
import { JOURNAL_ENTRIES_MAX, liveAt } from '../../shared/model-registry/journal';
import type { JournalEntry } from '../../shared/model-registry/model-registry';
import { withRegistry } from '../open-backend';
import { countOf, SETTING_GROUPS, settingsOf, withSettings } from '../options';
import { paintFor, tableText } from '../table';

const HEADER = ['at', 'alias', 'from', 'to', 'revision', 'reason', 'actor'];
const ENTRIES_DEFAULT = 20;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** `alder journal`: every move of an alias. */
export function journalCommand(): Command {
  const command = new Command('journal')
    .description('show the moves of the aliases, newest first, or where the aliases pointed at a time')
    .option('--at <time>', 'where the aliases pointed at this time, for example 2026-01-31T12:00:00Z')
    .option('--limit <count>', `most entries shown, up to ${JOURNAL_ENTRIES_MAX}`, String(ENTRIES_DEFAULT))
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  alder journal --at 2026-01-31T12:00:00Z');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async ({ at, limit, json, ...flags }: Record<string, unknown>) => {
      const countMax = countOf('--limit', limit, JOURNAL_ENTRIES_MAX);
      const time = at === undefined ? null : timeOf(String(at));
      await withRegistry(settingsOf(flags), async (registry) => {
        const entries = await registry.journal(time === null ? countMax : JOURNAL_ENTRIES_MAX);
        const shown = time === null ? [...entries].reverse() : Object.values(liveAt(entries, time).aliases);
        if (json === true) process.stdout.write(`${JSON.stringify(shown)}\n`);
        else if (shown.length === 0) process.stdout.write('no alias pointed at a version\n');
        else process.stdout.write(tableText(HEADER, shown.map(cells), paintFor(process.stdout)));
      });
    },
  );
}

function cells({ at, alias, from, to, revision, reason, actor }: JournalEntry): string[] {
  return [at, alias, String(from ?? '-'), String(to), String(revision), reason, actor];
}

function timeOf(text: string): string {
  const ms = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new AlderError('usage', '--at takes a time such as 2026-01-31T12:00:00Z');
  return new Date(ms).toISOString();
}

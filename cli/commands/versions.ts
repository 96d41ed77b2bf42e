import { Command } from 'commander';
import { decodeVersionRecord, type VersionRecord } from '../../shared/model-registry/version-record';
import { resolveVersion, unknownVersion } from '../load-version';
import { withRegistry } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../options';
import { paintFor, tableText } from '../table';
import { championOf, hitsText, holdoutText, rowsIn } from '../version-text';

/** `alder versions`: the stored versions, newest last. */
export function versionsCommand(): Command {
  const command = new Command('versions')
    .description('list the stored versions, newest last')
    .option('--json', 'the records, one JSON document a line')
    .addHelpText('after', '\nExample:\n  alder versions --json | jq .version');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async ({ json, ...flags }: Record<string, unknown>) => {
      await withRegistry(settingsOf(flags), async (registry) => {
        const champion = championOf(await registry.loadState());
        const lines: string[][] = [];
        for (const version of await registry.listVersions()) {
          const text = await registry.loadRecord(version);
          // A trainer may retire a version after it was listed.
          if (text === null) continue;
          if (json === true) process.stdout.write(`${text}\n`);
          else lines.push(cells(decodeVersionRecord(text), champion));
        }
        if (json === true) return;
        const table = tableText(HEADER, lines, paintFor(process.stdout));
        process.stdout.write(lines.length === 0 ? 'no version yet\n' : table);
      });
    },
  );
}

/** `alder show V`: the record of one version. */
export function showCommand(): Command {
  const command = new Command('show')
    .description('show the record of one version: its rows, its tree and its evaluation')
    .argument('<version>', 'number or alias')
    .option('--json', "the record's own bytes, on one line")
    .addHelpText('after', '\nExample:\n  alder show champion');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async (versionOrAlias: string, { json, ...flags }: Record<string, unknown>) => {
      await withRegistry(settingsOf(flags), async (registry) => {
        const version = await resolveVersion(registry, versionOrAlias);
        const text = await registry.loadRecord(version);
        if (text === null) throw unknownVersion(registry, version);
        const shown = json === true ? text : JSON.stringify(decodeVersionRecord(text), null, 2);
        process.stdout.write(`${shown}\n`);
      });
    },
  );
}

const HEADER = [
  'version',
  '',
  'reason',
  'rows',
  'window',
  'leaves',
  'holdout',
  'prequential',
  'tree',
  'created',
];

function cells(record: VersionRecord, champion: number | null): string[] {
  const { evaluation, promotion, rows, tree } = record;
  return [
    String(record.version),
    record.version === champion ? 'champion' : '',
    promotion.reason,
    String(rowsIn(record)),
    String(rows.window),
    String(tree.leaves),
    holdoutText(record),
    hitsText(evaluation.prequential),
    tree.digest.slice(0, 12),
    record.createdAt,
  ];
}

import { Command } from 'commander';
import { accuracy, type Hits } from '../../shared/evaluation/accuracy';
import { decodeVersionRecord, type VersionRecord } from '../../shared/model-registry/version-record';
import { silentLog } from '../../shared/runtime/log';
import { LOOKING, openBackend } from '../open-backend';
import { paintFor } from '../paint';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';
import { tableText } from '../table';
import { championOf, rowsIn } from '../version-line';

/** `alder versions`: the stored versions, newest last. */
export function versionsCommand(): Command {
  const command = new Command('versions')
    .description('list the stored versions, newest last')
    .option('--json', 'the records, one JSON document a line')
    .addHelpText('after', '\nExample:\n  alder versions --json | jq .version');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async ({ json, ...flags }: Record<string, unknown>) => {
      const backend = openBackend(settingsOf(flags), silentLog);
      try {
        const registry = await backend.registry(LOOKING);
        const champion = championOf(await registry.loadState());
        const lines: string[][] = [];
        for (const version of await registry.listVersions()) {
          const text = await registry.loadRecord(version);
          // Retired between the list and the look.
          if (text === null) continue;
          if (json === true) process.stdout.write(`${text}\n`);
          else lines.push(describe(decodeVersionRecord(text), champion));
        }
        if (json !== true) printTable(lines);
      } finally {
        await backend.close();
      }
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
  'test-then-train',
  'tree',
  'created',
];

function describe(record: VersionRecord, champion: number | null): string[] {
  const { evaluation, promotion, rows, tree } = record;
  return [
    String(record.version),
    record.version === champion ? 'champion' : '',
    promotion.reason,
    String(rowsIn(record)),
    String(rows.window),
    String(tree.leaves),
    share({ rows: evaluation.holdout.rows, hits: evaluation.holdout.candidate }),
    share(evaluation.prequential),
    tree.digest.slice(0, 12),
    record.createdAt,
  ];
}

function share(hits: Hits): string {
  const known = accuracy(hits);
  return known === null ? '-' : `${hits.hits}/${hits.rows} ${(known * 100).toFixed(1)}%`;
}

function printTable(lines: readonly string[][]): void {
  process.stdout.write(
    lines.length === 0 ? 'no version yet\n' : tableText(HEADER, lines, paintFor(process.stdout)),
  );
}

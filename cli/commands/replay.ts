import { Command } from 'commander';
import { engineOfLabel, type Replay, replayVersion } from '../../services/trainer/resume/replay';
import { ENGINE_NAMES } from '../../shared/engine/engine';
import { engineByName } from '../../shared/engine/engines';
import { AlderError } from '../../shared/errors';
import { decodeVersionRecord } from '../../shared/model-registry/version-record';
import { resolveVersion, unknownVersion } from '../load-version';
import { LOOKING, openBackend } from '../open-backend';
import { type Paint, paintFor } from '../paint';
import { readSchemaFile } from '../read-schema-file';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';
import { openLog, Terminal } from '../terminal';

/** `alder replay V`: makes a version again from its rows and compares. */
export function replayCommand(): Command {
  const command = new Command('replay')
    .description('make a version again from the rows that its record names, and compare')
    .argument('<version>', 'number or alias, or "all" for every stored version')
    .option('--json', 'one JSON document a version')
    .addHelpText('after', '\nExample:\n  alder replay 15');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async (versionOrAlias: string, { json, ...flags }: Record<string, unknown>) => {
      const settings = settingsOf(flags);
      const schema = readSchemaFile(settings.schema);
      const backend = openBackend(settings, openLog(settings.log, 'replay', new Terminal()));
      try {
        const registry = await backend.registry(LOOKING);
        const engineNamed = (label: string) => engineOfLabel(label, ENGINE_NAMES.map(engineByName));
        const versions =
          versionOrAlias === 'all'
            ? await registry.listVersions()
            : [await resolveVersion(registry, versionOrAlias)];
        // The log comes last: a version that is not there is told without it.
        const { rowLog } = await backend.rowLog();
        const paint = paintFor(process.stdout);
        let differing = 0;
        for (const version of versions) {
          const text = await registry.loadRecord(version);
          if (text === null && versionOrAlias === 'all') {
            process.stderr.write(`version ${version} was retired meanwhile\n`);
            continue;
          }
          if (text === null) throw unknownVersion(registry, version);
          const replay = await replayVersion(
            { rowLog, registry, schema, engineNamed },
            decodeVersionRecord(text),
          );
          if (replay.checks.some((check) => !check.equal)) differing++;
          process.stdout.write(json === true ? `${JSON.stringify(replay)}\n` : describe(replay, paint));
        }
        if (differing > 0)
          throw new AlderError('replay-differs', `${differing} of ${versions.length} versions differ`);
      } finally {
        await backend.close();
      }
    },
  );
}

/** What agrees in a line each, then the digests of the rows and, last, those of the tree: recorded above replayed. */
function describe({ version, checks, skipped }: Replay, paint: Paint): string {
  const lines = [paint('head', `version ${version}`)];
  for (const reason of skipped) lines.push(`  not compared: ${reason}`);
  const isShort = ({ what, equal }: Replay['checks'][number]) => equal && !SHOWN_WHOLE.includes(what);
  for (const { what } of checks.filter(isShort)) lines.push(`  ${what.padEnd(10)} ${paint('good', 'equal')}`);
  for (const { what, recorded, replayed, equal } of checks
    .filter((check) => !isShort(check))
    .sort(treeLast)) {
    lines.push(
      `  ${what.padEnd(10)} ${equal ? paint('good', 'equal') : paint('bad', 'DIFFERS')}`,
      `    recorded ${recorded}`,
      `    replayed ${replayed}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const SHOWN_WHOLE: readonly string[] = ['rows', 'tree'];

function treeLast(one: { readonly what: string }, other: { readonly what: string }): number {
  return Number(one.what === 'tree') - Number(other.what === 'tree');
}

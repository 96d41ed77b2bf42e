import { Command } from 'commander';
import { engineOfLabel, type Replay, replayVersion } from '../../services/trainer/resume/replay';
import { ENGINE_NAMES } from '../../shared/engine/engine';
import { engineByName } from '../../shared/engine/engines';
import { AlderError } from '../../shared/errors';
import { decodeVersionRecord } from '../../shared/model-registry/version-record';
import { resolveVersion, unknownVersion } from '../load-version';
import { ONE_ANSWER, openBackend } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../options';
import { readSchemaFile } from '../row-source';
import { type Paint, paintFor } from '../table';
import { openLog, Terminal } from '../terminal';

/** `alder replay V`: fits and evaluates a version again from its rows, and compares the result with its record. */
export function replayCommand(): Command {
  const command = new Command('replay')
    .description('fit and evaluate a version again from the rows of its record, and compare')
    .argument('<version>', 'number or alias, or "all" for every stored version')
    .option('--json', 'one JSON document a version')
    .addHelpText('after', '\nExample:\n  alder replay 15');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async (versionOrAlias: string, { json, ...flags }: Record<string, unknown>) => {
      const settings = settingsOf(flags);
      const schema = readSchemaFile(settings.schema);
      const backend = openBackend(settings, openLog(settings.log, 'replay', new Terminal()));
      try {
        const registry = await backend.registry(ONE_ANSWER);
        const engineNamed = (label: string) => engineOfLabel(label, ENGINE_NAMES.map(engineByName));
        const versions =
          versionOrAlias === 'all'
            ? await registry.listVersions()
            : [await resolveVersion(registry, versionOrAlias)];
        // The log is opened last, so that an unknown version is reported without it.
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
          throw new AlderError('replay-differs', `${differing} of ${versions.length} versions differ`, {
            fields: { differing, versions: versions.length },
          });
      } finally {
        await backend.close();
      }
    },
  );
}

/** One line for each equal part; then both digests of the rows and, last, of the tree, since they show the claim. */
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

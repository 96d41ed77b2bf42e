import { Command } from 'commander';
import { engineOfLabel } from '../../services/trainer/resume/replay';
import { deepVerify } from '../../services/verifier/deep-verify';
import { openDeepSource } from '../../services/verifier/open-deep-source';
import { ENGINE_NAMES } from '../../shared/engine/engine';
import { engineByName } from '../../shared/engine/engines';
import { AlderError } from '../../shared/errors';
import type { Settings } from '../../shared/settings/settings';
import { LOOKING, openBackend } from '../open-backend';
import { paintFor } from '../paint';
import { findFile, readSchemaFile } from '../read-schema-file';
import { replayStored, type StoredReplay } from '../replay-stored';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';
import { SlowProgress } from '../slow-progress';
import { openLog, Terminal } from '../terminal';
import { deepLines, replayLines } from '../verdict-lines';

/** `alder verify`: makes every stored version again and compares; `--deep` trusts nothing that the trainer uses. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('make every version again that the log still covers, and compare')
    .option(
      '--deep',
      'read the topic from its start with other clients; check ledger, journal and rejected rows too',
    )
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  alder verify --deep');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async ({ deep, json, ...flags }: Record<string, unknown>) => {
      const settings = settingsOf(flags);
      // Progress goes to stderr, so that stdout is the result and nothing else.
      const progress = new SlowProgress(new Terminal(process.stderr));
      const verify = deep === true ? verifyDeeply : verifyByReplay;
      await verify(settings, progress, json === true);
    },
  );
}

async function verifyByReplay(settings: Settings, progress: SlowProgress, isJson: boolean): Promise<void> {
  const schema = readSchemaFile(settings.schema);
  const backend = openBackend(settings, openLog(settings.log, 'verify', new Terminal(process.stderr)));
  const replays: StoredReplay[] = [];
  try {
    const registry = await backend.registry(LOOKING);
    const engineNamed = (label: string) => engineOfLabel(label, ENGINE_NAMES.map(engineByName));
    const versions = await registry.listVersions();
    if (versions.length === 0) throw nothingToVerify(settings);
    const { rowLog } = await backend.rowLog();
    for (const version of versions) {
      replays.push(await replayStored({ rowLog, registry, schema, engineNamed }, version));
      const [done, total] = [replays.length, versions.length];
      progress.tell(`replayed ${done} of ${total} versions`, done, total);
    }
  } finally {
    progress.end();
    await backend.close();
  }
  write(
    isJson
      ? [JSON.stringify({ model: settings.model, versions: replays })]
      : replayLines(replays, paintFor(process.stdout)),
  );
  const differing = replays.filter(({ outcome }) => outcome === 'differs').length;
  if (differing > 0)
    throw new AlderError('replay-differs', `${differing} of ${replays.length} versions differ`);
}

async function verifyDeeply(settings: Settings, progress: SlowProgress, isJson: boolean): Promise<void> {
  const source = await openDeepSource({ ...settings, schema: findFile(settings.schema) });
  try {
    const report = await deepVerify(source, ({ step, versionsDone, versionsTotal, messagesRead }) =>
      progress.tell(
        `${step}: ${versionsDone} of ${versionsTotal} versions, ${messagesRead} messages read`,
        versionsDone,
        versionsTotal,
      ),
    );
    progress.end();
    if (report.versions.length === 0) throw nothingToVerify(settings);
    write(isJson ? [JSON.stringify(report)] : deepLines(report, paintFor(process.stdout)));
    if (!report.isClean)
      throw new AlderError('replay-differs', `model ${settings.model} is not what its log makes of it`);
  } finally {
    progress.end();
    await source.close();
  }
}

/** A check of nothing must not pass for a good one: the name may be misspelt, or the registry emptied. */
function nothingToVerify({ model }: Settings): AlderError {
  return new AlderError('model-not-loaded', `model ${model} has no version yet`, {
    hint: 'start "alder up", wait for the trainer, or name the model with --model',
  });
}

function write(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

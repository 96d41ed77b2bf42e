import { Command } from 'commander';
import { engineOfLabel } from '../../services/trainer/resume/replay';
import type { Difference, Unchecked } from '../../services/verifier/checks/findings';
import { deepVerify } from '../../services/verifier/deep-verify';
import { openDeepSource } from '../../services/verifier/open-deep-source';
import type { DeepReport } from '../../services/verifier/report';
import { ENGINE_NAMES } from '../../shared/engine/engine';
import { engineByName } from '../../shared/engine/engines';
import { AlderError } from '../../shared/errors';
import type { Settings } from '../../shared/settings/settings';
import { ONE_ANSWER, openBackend } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../options';
import { replayStored, type StoredReplay } from '../replay-stored';
import { findFile, readSchemaFile } from '../row-source';
import { type Paint, paintFor, type Tone } from '../table';
import { openLog, SlowProgress, Terminal } from '../terminal';

/** `alder verify`: replays every stored version; `--deep` reads log and registry with clients of its own. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('fit and evaluate every version again whose rows are still in the log, and compare')
    .option(
      '--deep',
      'read the whole topic with other clients; check ledger, journal and rejected rows as well',
    )
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  alder verify --deep');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async ({ deep, json, ...flags }: Record<string, unknown>) => {
      const settings = settingsOf(flags);
      // Progress goes to stderr, so that stdout holds the result alone.
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
    const registry = await backend.registry(ONE_ANSWER);
    const engineNamed = (label: string) => engineOfLabel(label, ENGINE_NAMES.map(engineByName));
    const versions = await registry.listVersions();
    if (versions.length === 0) throw nothingToVerify(settings);
    const { rowLog } = await backend.rowLog();
    for (const version of versions) {
      replays.push(await replayStored({ rowLog, registry, schema, engineNamed }, version));
      const [done, total] = [replays.length, versions.length];
      progress.show(`replayed ${done} of ${total} versions`, done, total);
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
    throw new AlderError('replay-differs', `${differing} of ${replays.length} versions differ`, {
      fields: { differing, versions: replays.length },
    });
}

async function verifyDeeply(settings: Settings, progress: SlowProgress, isJson: boolean): Promise<void> {
  const source = await openDeepSource({ ...settings, schema: findFile(settings.schema) });
  try {
    const report = await deepVerify(source, ({ step, versionsDone, versionsTotal, messagesRead }) =>
      progress.show(
        `${step}: ${versionsDone} of ${versionsTotal} versions, ${messagesRead} messages read`,
        versionsDone,
        versionsTotal,
      ),
    );
    progress.end();
    if (report.versions.length === 0) throw nothingToVerify(settings);
    write(isJson ? [JSON.stringify(report)] : deepLines(report, paintFor(process.stdout)));
    if (!report.isClean)
      throw new AlderError('replay-differs', `model ${settings.model} differs from its log`, {
        hint: 'the report above names each difference',
        fields: { model: settings.model, differing: report.counts.differs },
      });
  } finally {
    progress.end();
    await source.close();
  }
}

/** No version at all is an error: the model's name may be misspelt, or the registry emptied. */
function nothingToVerify({ model }: Settings): AlderError {
  return new AlderError('model-not-loaded', `model ${model} has no version yet`, {
    hint: 'start "alder up", wait for the trainer, or name the model with --model',
    fields: { model },
  });
}

function write(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** The text of `alder verify`: versions that are not equal with their reasons, then the counts. */
function replayLines(replays: readonly StoredReplay[], paint: Paint): string[] {
  const count = (outcome: StoredReplay['outcome']) =>
    replays.filter((replay) => replay.outcome === outcome).length;
  const notable = replays.filter(({ outcome }) => outcome !== 'equal');
  return [
    ...notable.flatMap(({ version, outcome, reasons }) => [
      `version ${version} ${paint(TONES[outcome], WORDS[outcome])}`,
      ...reasons.map((reason) => `  ${reason}`),
    ]),
    `${paint('good', `${count('equal')} equal`)}, ${differText(count('differs'), paint)}, ${count('partly-compared')} compared in part, ${count('not-covered')} no longer covered`,
  ];
}

/** The text of `alder verify --deep`, in the same form. */
function deepLines(report: DeepReport, paint: Paint): string[] {
  const { counts, versions, differences, unchecked, differencesUnlisted } = report;
  const notable = versions.filter(({ status }) => status !== 'equal');
  return [
    ...notable.flatMap((verdict) => [
      `version ${verdict.version} ${paint(TONES[verdict.status], WORDS[verdict.status])}`,
      ...detailsOf(verdict),
    ]),
    ...(differences.length + unchecked.length > 0 ? ['the model as a whole'] : []),
    ...detailsOf({ differences, unchecked }),
    ...(differencesUnlisted > 0 ? [`${differencesUnlisted} more differences are not listed`] : []),
    `read ${report.messagesRead} messages and ${report.rejectedRead} rejected rows`,
    `${paint('good', `${counts.equal} equal`)}, ${differText(counts.differs, paint)}, ${counts['partly-checked']} checked in part, ${counts['not-covered']} no longer covered`,
  ];
}

const WORDS = {
  equal: 'equal',
  differs: 'DIFFERS',
  'partly-compared': 'agrees as far as it could be compared',
  'partly-checked': 'agrees as far as it could be checked',
  'not-covered': 'is no longer covered',
} as const;

const TONES: Readonly<Record<keyof typeof WORDS, Tone>> = {
  equal: 'good',
  differs: 'bad',
  'partly-compared': 'dim',
  'partly-checked': 'dim',
  'not-covered': 'dim',
};

function differText(count: number, paint: Paint): string {
  const text = `${count} differ`;
  return count > 0 ? paint('bad', text) : text;
}

function detailsOf(found: { differences: readonly Difference[]; unchecked: readonly Unchecked[] }): string[] {
  return [
    ...found.differences.flatMap(({ field, recorded, found: instead }) => [
      `  ${field} DIFFERS`,
      `    recorded ${recorded}`,
      `    found    ${instead}`,
    ]),
    ...found.unchecked.map(({ field, reason }) => `  not checked: ${field}: ${reason}`),
  ];
}

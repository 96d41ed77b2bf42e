import { existsSync } from 'node:fs';
import { Command } from 'commander';
import type { RowSource } from '../../services/producer/row-source';
import { runStandalone } from '../../services/standalone/standalone';
import { AlderError } from '../../shared/errors';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { systemClock } from '../../shared/runtime/clock';
import type { Log } from '../../shared/runtime/log';
import { codeVersion } from '../../shared/runtime/package-info';
import { runUntilSignal, unlessStopped } from '../../shared/runtime/tasks';
import type { SettingName } from '../../shared/settings/settings';
import { openBackend } from '../open-backend';
import { readAdminToken, SETTING_GROUPS, settingsOf, warnUnknownVariables, withSettings } from '../options';
import { openRowSource, readSchemaFile } from '../row-source';
import { openLog, Terminal } from '../terminal';
import { openTrainerContext } from '../trainer-context';
import { DEMONSTRATION, exampleRequest, upHints } from '../up-hints';
import { progressText } from '../version-text';

/** `alder up [FILE]`: producer, trainer and serving in one process. */
export function upCommand(): Command {
  const command = new Command('up')
    .description('run producer, trainer and serving in one process, on a CSV file (default: Iris)')
    .argument('[file]', 'CSV file with a header; its schema is FILE with .schema.json for its ending')
    .addHelpText(
      'after',
      '\nExample:\n  alder schema my.csv > my.schema.json && alder up my.csv --data-dir my',
    );
  return withSettings(command, [
    ...SETTING_GROUPS.backend,
    ...SETTING_GROUPS.training,
    ...SETTING_GROUPS.serving,
    'host',
    'port',
  ]).action((file: string | undefined, flags: Record<string, unknown>) => up(file, flags));
}

async function up(file: string | undefined, flags: Record<string, unknown>): Promise<void> {
  if (file !== undefined && !existsSync(file))
    throw new AlderError('file-unreadable', `there is no file ${file}`);
  const settings = settingsOf(flags, file === undefined ? demonstrationSettings(flags) : schemaBeside(file));
  const adminToken = readAdminToken(settings.adminTokenFile, process.env);
  const schema = readSchemaFile(settings.schema);
  const rows = openRowSource(
    file ?? DEMONSTRATION.file,
    schema,
    file === undefined ? { shuffle: DEMONSTRATION.shuffleSeed } : {},
  );
  const terminal = new Terminal();
  const log = quietLog(openLog(settings.log, 'alder', terminal), settings.log);
  await runUntilSignal(async (signal) => {
    const backend = openBackend(settings, log);
    terminal.line(`Alder ${codeVersion} · ${backend.description}`);
    warnUnknownVariables(log);
    let rowsTotal: number | null = null;
    const request = await exampleRequest(file, rows);
    let url = '';
    const report = (record: VersionRecord) => {
      const text = progressText(record, rowsTotal);
      if (terminal.isInteractive) terminal.progress(text);
      else terminal.line(text);
    };
    // Only the progress line shows the number of rows, so no prediction waits for the count.
    const countWhileServing = () => {
      countRows(rows).then(
        (count) => {
          rowsTotal ??= count;
        },
        // The producer reads the same file, fails in the same way and reports it.
        () => undefined,
      );
    };
    try {
      const opening = openTrainerContext(settings, schema, backend, log);
      const trainer = await unlessStopped(opening, signal);
      if (trainer === null) return;
      trainer.events.on('version', report);
      await runStandalone(
        {
          trainer,
          serving: { ...settings, registry: trainer.registry, adminToken, clock: systemClock, log },
          producer: {
            log: trainer.rowLog,
            rows,
            schema,
            ratePerSecond: file === undefined ? DEMONSTRATION.rowsPerSecond : null,
            rowsPerMessage: 1,
            resume: true,
            clock: systemClock,
            notices: log,
          },
          events: {
            onServing: (serving) => {
              url = serving.url;
              const version = serving.models.champion?.version;
              terminal.line(`${url} · ${describeServed(version ?? null)}`);
              if (file === undefined) countWhileServing();
            },
            onProduced: ({ rows: sent }) => {
              rowsTotal = sent;
            },
            onLearned: (newest, served) => {
              terminal.endProgress();
              terminal.line(`all ${rowsTotal} rows are in; ${describeServed(served)}`);
              if (newest !== null) terminal.line(`tree ${newest.tree.digest}`);
              for (const hint of upHints({ url, file, settings, request })) terminal.line(hint);
              rowsTotal = null;
            },
          },
        },
        signal,
      );
      await trainer.fitter.close();
    } finally {
      terminal.endProgress();
      await backend.close();
    }
  });
}

function describeServed(version: number | null): string {
  return version === null ? 'the first version is on its way' : `version ${version} serves`;
}

async function countRows(source: RowSource): Promise<number> {
  let rows = 0;
  for await (const _ of source.rows()) rows++;
  return rows;
}

/**
 * Text logs keep only warnings, errors and `standing-by`, since the progress line reports everything else. A start after
 * a kill -9 stands by until the lease of the dead trainer expires.
 */
function quietLog(log: Log, kind: 'text' | 'json'): Log {
  if (kind === 'json') return log;
  return { ...log, info: (code, message) => code === 'standing-by' && log.info(code, message) };
}

/** Mini-batches of exactly `batchRows` rows, so that the demonstration makes the same versions in every run. */
function demonstrationSettings(flags: Record<string, unknown>): Partial<Record<SettingName, unknown>> {
  const isSet = flags.batchRowsMax !== undefined || process.env.ALDER_BATCH_ROWS_MAX !== undefined;
  return isSet ? {} : { batchRowsMax: flags.batchRows ?? process.env.ALDER_BATCH_ROWS ?? 10 };
}

/** `my.csv` → `my.schema.json`, unless the environment names a schema; a flag outranks both. */
function schemaBeside(file: string): Partial<Record<SettingName, unknown>> {
  if (process.env.ALDER_SCHEMA !== undefined && process.env.ALDER_SCHEMA !== '') return {};
  return { schema: file.replace(/(\.[^./\\]*)?$/, '.schema.json') };
}

import { Command } from 'commander';
import { Counter, Registry } from 'prom-client';
import { startHealth } from '../../services/health/health';
import { type ProducerSummary, runProducer } from '../../services/producer/producer';
import { isAlderError } from '../../shared/errors';
import { systemClock } from '../../shared/runtime/clock';
import type { Log } from '../../shared/runtime/log';
import { runUntilSignal, unlessStopped, untilAborted } from '../../shared/runtime/tasks';
import { type Settings, variableOf } from '../../shared/settings/settings';
import { openBackend } from '../open-backend';
import {
  numberOption,
  SETTING_GROUPS,
  seedOption,
  settingsOf,
  warnUnknownVariables,
  withSettings,
} from '../options';
import { openRowSource, readSchemaFile, type SourceOptions } from '../row-source';
import { openLog, Terminal } from '../terminal';

interface ProduceOptions extends SourceOptions {
  readonly rate?: number;
  readonly rowsPerMessage: number;
  readonly resume?: boolean;
  readonly stay?: boolean;
  readonly json?: boolean;
}

/** `alder produce FILE`: sends a CSV file's rows to the log. */
export function produceCommand(): Command {
  const command = new Command('produce')
    .description('send the rows of a CSV file to the log, in the layout of the schema')
    .argument('<file>', 'CSV file with a header')
    .option('--rate <rows>', 'rows per second (default: as fast as the log acknowledges)', numberOption)
    .option('--shuffle <seed>', 'send the rows in a seeded random order', seedOption)
    .option('--rows-per-message <rows>', 'rows of one message, one a line', numberOption, 1)
    .option('--resume', 'send only the rows of this file that the log does not hold yet')
    .option(
      '--simulate <seed>',
      'send rows without end: drawn from the file, with a little seeded noise',
      seedOption,
    )
    .option(
      '--drift <deviations>',
      'with --simulate: move the features by this many standard deviations per 1,000 rows',
      numberOption,
    )
    .option('--stay', 'keep running after the end of the file')
    .option('--json', 'the summary as JSON')
    .addHelpText('after', '\nExample:\n  alder produce data/iris.csv --simulate 1 --rate 20');
  return withSettings(command, [...SETTING_GROUPS.backend, 'host', 'producerPort']).action(
    async (file: string, options: Record<string, unknown>) => {
      const settings = settingsOf(options);
      const how = options as unknown as ProduceOptions;
      const schema = readSchemaFile(settings.schema);
      const rows = openRowSource(file, schema, how);
      const terminal = new Terminal();
      const log = openLog(settings.log, 'producer', terminal);
      warnUnknownVariables(log);
      await runUntilSignal(async (signal) => {
        const backend = openBackend(settings, log);
        const health = await startProducerHealth(settings, log);
        try {
          const opened = await unlessStopped(backend.rowLog(), signal);
          if (opened === null) return;
          const { rowLog } = opened;
          const what = rows.simulatedSeed === null ? rows.file : `rows simulated from ${rows.file}`;
          log.info('started', `sending ${what} to ${settings.topic} on ${backend.description}`);
          const summary = await runProducer({
            log: rowLog,
            rows,
            schema,
            ratePerSecond: how.rate ?? null,
            rowsPerMessage: how.rowsPerMessage,
            resume: how.resume === true,
            clock: systemClock,
            signal,
            notices: log,
            onProgress: (sent, total) => {
              health?.count(sent);
              terminal.progress(`${sent}${total === null ? '' : `/${total}`} rows in the log`);
            },
          });
          terminal.endProgress();
          process.stdout.write(how.json === true ? `${JSON.stringify(summary)}\n` : `${describe(summary)}\n`);
          if (how.stay === true) await untilAborted(signal);
        } finally {
          await health?.server.stop();
          await backend.close();
        }
      });
    },
  );
}

function describe(summary: ProducerSummary): string {
  const { rows, acknowledged, alreadyInLog, willBeRejected, stopped } = summary;
  const parts = [`${stopped ? 'stopped' : 'done'}: ${acknowledged} rows acknowledged`];
  if (alreadyInLog > 0) parts.push(`${alreadyInLog} of ${rows} were in the log already`);
  if (willBeRejected > 0)
    parts.push(`${willBeRejected} will be rejected (a value that is no number, or an unknown class)`);
  return parts.join(', ');
}

interface ProducerHealth {
  readonly server: Awaited<ReturnType<typeof startHealth>>;
  count(rowsInLog: number): void;
}

/** Health and metrics; null where another process of this machine has the port, since a producer works without them. */
async function startProducerHealth(settings: Settings, log: Log): Promise<ProducerHealth | null> {
  const metrics = new Registry();
  const rows = new Counter({
    name: 'alder_rows_in_log_total',
    help: 'Rows acknowledged by the log',
    registers: [metrics],
  });
  let counted = 0;
  try {
    const server = await startHealth({
      host: settings.host,
      port: settings.producerPort,
      isReady: () => ({ ready: true, detail: { rowsInLog: counted } }),
      metrics,
      settingName: variableOf('producerPort'),
    });
    return {
      server,
      count: (rowsInLog) => {
        rows.inc(rowsInLog - counted);
        counted = rowsInLog;
      },
    };
  } catch (error) {
    if (!isAlderError(error, 'port-taken')) throw error;
    log.warn('no-health', `port ${settings.producerPort} is taken: this producer has no health port`);
    return null;
  }
}

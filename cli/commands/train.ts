import { Command } from 'commander';
import { startHealth } from '../../services/health/health';
import { TrainerMetrics } from '../../services/trainer/report/trainer-metrics';
import { runTrainer } from '../../services/trainer/term/trainer';
import { runUntilSignal, unlessStopped } from '../../shared/runtime/tasks';
import { variableOf } from '../../shared/settings/settings';
import { openBackend } from '../open-backend';
import { SETTING_GROUPS, settingsOf, warnUnknownVariables, withSettings } from '../options';
import { readSchemaFile } from '../row-source';
import { openLog, Terminal } from '../terminal';
import { openTrainerContext } from '../trainer-context';
import { progressText } from '../version-text';

/** `alder train`: the trainer without serving and without a producer. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description(
      'read rows from the log and publish versions; stands by while another trainer holds the lease',
    )
    .addHelpText(
      'after',
      '\nExample:\n  KAFKA_BROKERS=127.0.0.1:9092 REDIS_URL=redis://127.0.0.1:6379 alder train',
    );
  return withSettings(command, [
    ...SETTING_GROUPS.backend,
    ...SETTING_GROUPS.training,
    'host',
    'trainerPort',
  ]).action(async (flags: Record<string, unknown>) => {
    const settings = settingsOf(flags);
    const schema = readSchemaFile(settings.schema);
    const log = openLog(settings.log, 'trainer', new Terminal());
    warnUnknownVariables(log);
    await runUntilSignal(async (signal) => {
      const backend = openBackend(settings, log);
      const metrics = new TrainerMetrics();
      const health = await startHealth({
        host: settings.host,
        port: settings.trainerPort,
        isReady: () => metrics.readiness,
        metrics: metrics.registry,
        settingName: variableOf('trainerPort'),
      });
      log.info('started', `trainer on ${backend.description}; health on ${health.url}`);
      try {
        const opening = openTrainerContext(settings, schema, backend, log);
        const context = await unlessStopped(opening, signal);
        if (context === null) return;
        metrics.observe(context.events);
        context.events.on('active', (newest, epoch) =>
          log.info('active', `training, from version ${newest?.version ?? 'none'} on`, { epoch }),
        );
        context.events.on('version', (record) =>
          log.info('version', progressText(record, null), { version: record.version }),
        );
        await runTrainer(context, signal);
        await context.fitter.close();
      } finally {
        await health.stop();
        await backend.close();
      }
    });
  });
}

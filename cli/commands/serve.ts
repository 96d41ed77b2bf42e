import { Command } from 'commander';
import { startServing } from '../../services/serving/serving';
import { systemClock } from '../../shared/runtime/clock';
import { runUntilSignal } from '../../shared/runtime/run-until-signal';
import { untilAborted } from '../../shared/runtime/until-aborted';
import { openBackend } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';
import { openLog, Terminal } from '../terminal';
import { warnUnknownVariables } from '../warn-unknown-variables';

/** `alder serve`: predictions over HTTP alone. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description('answer predictions over HTTP from the registry, without a log')
    .addHelpText('after', '\nExample:\n  PORT=5050 alder serve --data-dir my');
  return withSettings(command, [
    ...SETTING_GROUPS.backend,
    ...SETTING_GROUPS.serving,
    'host',
    'port',
    'leaseMs',
  ]).action(async (flags: Record<string, unknown>) => {
    const settings = settingsOf(flags);
    const log = openLog(settings.log, 'serving', new Terminal());
    warnUnknownVariables(log);
    await runUntilSignal(async (signal) => {
      const backend = openBackend(settings, log);
      try {
        const registry = await backend.registry({ waitForServer: false });
        const serving = await startServing({ ...settings, registry, clock: systemClock, log });
        log.info('started', `serving ${settings.model} on ${serving.url} from ${backend.description}`);
        await untilAborted(signal);
        await serving.stop();
      } finally {
        await backend.close();
      }
    });
  });
}

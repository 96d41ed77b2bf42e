import cluster from 'node:cluster';
import { Command } from 'commander';
import { startServing } from '../../services/serving/server/serving';
import { runPrimary } from '../../services/serving/workers/primary';
import { WorkerLink } from '../../services/serving/workers/worker-link';
import { systemClock } from '../../shared/runtime/clock';
import { runUntilSignal, untilAborted } from '../../shared/runtime/tasks';
import type { Settings } from '../../shared/settings/settings';
import { openBackend } from '../open-backend';
import { readAdminToken, SETTING_GROUPS, settingsOf, warnUnknownVariables, withSettings } from '../options';
import { openLog, Terminal } from '../terminal';

/** `alder serve`: serving without a trainer and a producer, in one process or several. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description('answer predictions over HTTP from the registry, without a log')
    .addHelpText('after', '\nExample:\n  PORT=5050 alder serve --data-dir my --workers 4');
  return withSettings(command, [
    ...SETTING_GROUPS.backend,
    ...SETTING_GROUPS.serving,
    'workers',
    'host',
    'port',
    'leaseMs',
  ]).action(async (flags: Record<string, unknown>) => {
    const settings = settingsOf(flags);
    if (settings.workers === 1) await serve(settings, null);
    else if (cluster.isPrimary) await lead(settings);
    else await work(settings);
  });
}

async function lead(settings: Settings): Promise<void> {
  const log = openLog(settings.log, 'serving', new Terminal());
  warnUnknownVariables(log);
  await runUntilSignal(async (signal) => {
    const { workers, model } = settings;
    const onServing = (url: string) =>
      log.info('started', `serving ${model} on ${url} with ${workers} processes`);
    process.exitCode = await runPrimary({ workers, clock: systemClock, log, onServing }, signal);
  });
}

function work(settings: Settings): Promise<void> {
  const stopping = new AbortController();
  return serve(settings, { link: new WorkerLink(() => stopping.abort()), stopping });
}

async function serve(
  settings: Settings,
  worker: { readonly link: WorkerLink; readonly stopping: AbortController } | null,
): Promise<void> {
  const log = openLog(settings.log, 'serving', new Terminal());
  if (worker === null) warnUnknownVariables(log);
  await runUntilSignal(async (signal) => {
    signal.addEventListener('abort', () => worker?.stopping.abort());
    const backend = openBackend(settings, log);
    try {
      const registry = await backend.registry({ waitForServer: false });
      const fellows = worker === null ? {} : { fellowWorkers: worker.link };
      const adminToken = readAdminToken(settings.adminTokenFile, process.env);
      const parts = { ...settings, registry, adminToken, clock: systemClock, log };
      const serving = await startServing({ ...parts, ...fellows });
      const where = `serving ${settings.model} on ${serving.url} from ${backend.description}`;
      if (worker === null) log.info('started', where);
      else worker.link.serving(serving.url, () => serving.report());
      await untilAborted(worker?.stopping.signal ?? signal);
      await serving.stop();
    } finally {
      await backend.close();
    }
  });
}

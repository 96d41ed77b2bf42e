import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { startServing } from '../../services/serving/server/serving';
import { smallWindowsInline } from '../../services/trainer/fit/fitter';
import type { workerFitter as WorkerFitter } from '../../services/trainer/fit/worker-fitter';
import { runTrainer } from '../../services/trainer/term/trainer';
import { exactEngine } from '../../shared/engine/exact/fit-exact';
import { openEnvironment } from '../../shared/lmdb/environment';
import { openEmbeddedModelRegistry } from '../../shared/model-registry/embedded/embedded-model-registry';
import { embeddedOffsetMirror } from '../../shared/row-log/embedded/embedded-offset-mirror';
import { openEmbeddedRowLog } from '../../shared/row-log/embedded/embedded-row-log';
import { systemClock } from '../../shared/runtime/clock';
import { silentLog } from '../../shared/runtime/log';
import { packageRoot } from '../../shared/runtime/package-info';
import { resolveSettings } from '../../shared/settings/settings';
import { irisSchema } from './ingest-rows';
import { monotonicMs } from './latency-asker';

/**
 * All roles in one process on one data folder, wired like `alder up`, except that the parent process sends the rows. An
 * order is a list of lines; the answer is the offset and the acknowledgement time of the last line.
 */
async function up([dataDir, settingsText]: readonly string[]): Promise<void> {
  const settings = resolveSettings(JSON.parse(settingsText!) as object, {});
  const { model, topic } = settings;
  const environment = openEnvironment(dataDir!);
  const rowLog = await openEmbeddedRowLog(environment, { topic, partitions: 1 });
  const registry = await openEmbeddedModelRegistry(environment, { model });
  const serving = await startServing({ ...settings, registry, clock: systemClock, log: silentLog });
  const file = join(packageRoot, 'dist', 'services', 'trainer', 'fit', 'worker-fitter.js');
  const { workerFitter } = require(file) as { workerFitter: typeof WorkerFitter };
  const training = runTrainer(
    {
      rowLog,
      registry,
      mirror: embeddedOffsetMirror(environment, topic, `alder-${model}`),
      schema: irisSchema,
      settings,
      engine: exactEngine,
      fitter: smallWindowsInline(exactEngine, workerFitter('exact')),
      trainerId: 'bench',
      codeVersion: 'bench',
      clock: systemClock,
      log: silentLog,
      events: new EventEmitter(),
    },
    new AbortController().signal,
  );
  training.catch((error) => {
    process.stderr.write(`bench: the trainer ended: ${String(error)}\n`);
    process.exit(1);
  });
  process.on('message', async (lines: string[]) => {
    const { next } = await rowLog.append(
      0,
      lines.map((value) => ({ value })),
    );
    process.send!({ offset: next - 1, ackedAtMs: monotonicMs() });
  });
  process.send!({ port: serving.port });
}

void up(process.argv.slice(3));

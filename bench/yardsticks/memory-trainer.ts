import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { workerFitter as WorkerFitter } from '../../services/trainer/fit/worker-fitter';
import type { TrainerEventMap } from '../../services/trainer/report/trainer-events';
import { runTrainer } from '../../services/trainer/term/trainer';
import { exactEngine } from '../../shared/engine/exact/fit-exact';
import { openEnvironment } from '../../shared/lmdb/environment';
import { openEmbeddedModelRegistry } from '../../shared/model-registry/embedded/embedded-model-registry';
import { systemClock } from '../../shared/runtime/clock';
import { silentLog } from '../../shared/runtime/log';
import { packageRoot } from '../../shared/runtime/package-info';
import { resolveSettings } from '../../shared/settings/settings';
import { irisSchema } from './ingest-rows';
import { MadeUpLog } from './memory-log';

const REFIT_ROWS = 1_000;

/** Whether the trainer reads all its rows anew or goes on from the version of the one before it. */
export type MemoryOrder = 'fill' | 'go on' | 'refit';

/**
 * A trainer in a process of its own, on a log that makes its rows up as they are read and so takes no memory for them.
 * The parent orders `fill`, answered when a version holds a full window; `go on`, answered when the window of that
 * version was read again; and `refit`, answered when a version holds 1,000 rows more.
 */
async function train([folder, rowsText]: readonly string[]): Promise<void> {
  const windowRows = Number(rowsText);
  const log = new MadeUpLog(windowRows);
  const registry = await openEmbeddedModelRegistry(openEnvironment(folder!), { model: 'decisiontree' });
  const file = join(packageRoot, 'dist', 'services', 'trainer', 'fit', 'worker-fitter.js');
  const { workerFitter } = require(file) as { workerFitter: typeof WorkerFitter };
  const begin = (batchRows: number) => {
    const settings = resolveSettings({ windowRows, batchRows }, {});
    const events = new EventEmitter<TrainerEventMap>();
    events.on('active', (newest) => {
      if (newest !== null) process.send!('done');
    });
    events.on('version', ({ lineage }) => {
      if (Number(lineage[0]!.next) === log.end) process.send!('done');
    });
    return runTrainer(
      {
        rowLog: log,
        registry,
        mirror: null,
        schema: irisSchema,
        settings,
        engine: exactEngine,
        fitter: workerFitter('exact', settings.fitThreads),
        trainerId: 'bench',
        codeVersion: 'bench',
        clock: systemClock,
        log: silentLog,
        events,
      },
      new AbortController().signal,
    );
  };
  process.on('message', (order: MemoryOrder) => {
    if (order === 'refit') {
      log.end += REFIT_ROWS;
      return;
    }
    // Few large cuts fill a window soon.
    begin(order === 'fill' ? windowRows / 4 : REFIT_ROWS).catch((error) => {
      process.stderr.write(`bench: the trainer ended: ${String(error)}\n`);
      process.exit(1);
    });
  });
  process.send!('ready');
}

void train(process.argv.slice(3));

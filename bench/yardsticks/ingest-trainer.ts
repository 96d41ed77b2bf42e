import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { workerFitter as WorkerFitter } from '../../services/trainer/fit/worker-fitter';
import type { TrainerEventMap } from '../../services/trainer/report/trainer-events';
import { runTrainer } from '../../services/trainer/term/trainer';
import { exactEngine } from '../../shared/engine/exact/fit-exact';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import type { OffsetMirror } from '../../shared/row-log/offset-mirror';
import type { RowLog } from '../../shared/row-log/row-log';
import { systemClock } from '../../shared/runtime/clock';
import type { Log } from '../../shared/runtime/log';
import { packageRoot } from '../../shared/runtime/package-info';
import { resolveSettings, type SettingName } from '../../shared/settings/settings';
import { once } from '../harness/tables';
import { irisSchema } from './ingest-rows';

export interface TrainerNeighbours {
  readonly rowLog: RowLog;
  readonly registry: ModelRegistry;
  readonly mirror: OffsetMirror | null;
}

/** What a trainer did with all the rows of its log. */
export interface TrainedRows {
  readonly rowsPerSecond: number;
  readonly versions: number;
  /** Share of the rows that the version before them got right: test, then train. */
  readonly accuracy: number;
}

const SILENT: Log = { info: () => undefined, warn: complain, error: complain };

/**
 * Runs a whole trainer, the way `alder train` does, on a log that holds `rowCount` rows and a model without a version,
 * until its newest version holds them all. The clock starts when it holds the lease and has looked at the log: before
 * its first fetch. The fit runs in its own thread, from dist/, since a thread loads no TypeScript.
 */
export async function trainAll(
  neighbours: TrainerNeighbours,
  rowCount: number,
  flags: Partial<Record<SettingName, number>>,
): Promise<TrainedRows> {
  const stopping = new AbortController();
  let begunMs = 0;
  let endedMs = 0;
  let versions = 0;
  let accuracy = 0;
  const events = new EventEmitter<TrainerEventMap>();
  events.on('active', () => {
    begunMs = performance.now();
  });
  events.on('version', ({ lineage, version, evaluation }) => {
    const rows = lineage.reduce((sum, { accepted }) => sum + accepted, 0);
    if (rows < rowCount) return;
    endedMs = performance.now();
    versions = version;
    const { prequential } = evaluation;
    accuracy = prequential === null ? 0 : prequential.hits / prequential.rows;
    stopping.abort();
  });
  await runTrainer(
    {
      ...neighbours,
      schema: irisSchema,
      settings: resolveSettings(flags, {}),
      engine: exactEngine,
      fitter: fitter(),
      trainerId: 'bench',
      codeVersion: 'bench',
      clock: systemClock,
      log: SILENT,
      events,
    },
    stopping.signal,
  );
  return { rowsPerSecond: (rowCount / (endedMs - begunMs)) * 1_000, versions, accuracy };
}

/**
 * The thread that fits, one for all rounds, so that its code is warm as a trainer's is after its first minute. It
 * comes from dist/, since a thread loads no TypeScript, and holds up no exit.
 */
const fitter = once(() => {
  const file = join(packageRoot, 'dist', 'services', 'trainer', 'fit', 'worker-fitter.js');
  return (require(file) as { workerFitter: typeof WorkerFitter }).workerFitter('exact');
});

function complain(code: string, message: string): void {
  process.stderr.write(`bench: the trainer says ${code}: ${message}\n`);
}

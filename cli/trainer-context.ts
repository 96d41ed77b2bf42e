import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { hostname } from 'node:os';
import { smallWindowsInline } from '../services/trainer/fit/fitter';
import { workerFitter } from '../services/trainer/fit/worker-fitter';
import type { TrainerContext } from '../services/trainer/term/trainer-context';
import { checkEngineLimits, engineByName } from '../shared/engine/engines';
import type { Schema } from '../shared/row/schema';
import { systemClock } from '../shared/runtime/clock';
import type { Log } from '../shared/runtime/log';
import { codeVersion } from '../shared/runtime/package-info';
import type { Settings } from '../shared/settings/settings';
import type { Backend } from './open-backend';

/** Opens the neighbours of a trainer. Throws `window-too-large` and `setting-invalid` for settings that the engine cannot serve. */
export async function openTrainerContext(
  settings: Settings,
  schema: Schema,
  backend: Backend,
  log: Log,
): Promise<TrainerContext> {
  const engine = engineByName(settings.engine);
  checkEngineLimits(engine, settings);
  const inThread = workerFitter(settings.engine, settings.fitThreads);
  const { rowLog, mirror } = await backend.rowLog();
  const registry = await backend.registry();
  return {
    rowLog,
    registry,
    mirror,
    schema,
    settings,
    engine,
    fitter: smallWindowsInline(engine, inThread),
    trainerId: `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
    codeVersion,
    clock: systemClock,
    log,
    events: new EventEmitter(),
  };
}

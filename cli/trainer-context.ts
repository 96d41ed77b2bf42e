import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { smallWindowsHere } from '../services/trainer/fit/small-window-fitter';
import { workerFitter } from '../services/trainer/fit/worker-fitter';
import type { TrainerContext, TrainerEvents } from '../services/trainer/term/trainer-context';
import { checkEngineLimits, engineByName } from '../shared/engine/engines';
import type { Schema } from '../shared/row/schema';
import { systemClock } from '../shared/runtime/clock';
import type { Log } from '../shared/runtime/log';
import { codeVersion } from '../shared/runtime/package-info';
import type { Settings } from '../shared/settings/settings';
import type { Backend } from './open-backend';

/** Opens everything that a trainer needs. Throws `window-too-large` and `setting-invalid` for limits of the engine. */
export async function openTrainerContext(
  settings: Settings,
  schema: Schema,
  backend: Backend,
  log: Log,
  events: TrainerEvents,
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
    // ml-cart is quadratic, so even its small windows are fitted in another thread.
    fitter: settings.engine === 'exact' ? smallWindowsHere(engine, inThread) : inThread,
    trainerId: `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
    codeVersion,
    clock: systemClock,
    log,
    events,
  };
}

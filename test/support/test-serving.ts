import { type Serving, type ServingOptions, startServing } from '../../services/serving/server/serving';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { systemClock } from '../../shared/runtime/clock';
import { silentLog } from '../../shared/runtime/log';

/** Serving on a free port, quiet; `changes` put other options in place. */
export function startTestServing(
  registry: ModelRegistry,
  changes: Partial<ServingOptions> = {},
): Promise<Serving> {
  return startServing({
    registry,
    model: 'decisiontree',
    host: '127.0.0.1',
    port: 0,
    leaseMs: 5_000,
    requestRowsMax: 1_000,
    requestBytesMax: 1_048_576,
    connectionsMax: 256,
    clock: systemClock,
    log: silentLog,
    ...changes,
  });
}

/** Resolves when `holds` does; checked after each turn of the event loop, within the test's own time limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

import { type Serving, type ServingOptions, startServing } from '../../services/serving/server/serving';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { systemClock } from '../../shared/runtime/clock';
import { silentLog } from '../../shared/runtime/log';

/** Starts serving on a free port without logs; `changes` overwrite its options. */
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

/** Resolves when the condition holds; it is checked after each macrotask, within the test's time limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

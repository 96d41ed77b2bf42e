import { isAlderError } from '../../errors';
import type { Environment } from '../../lmdb/environment';
import type { Clock } from '../../runtime/clock';
import { Signal } from '../../runtime/signal';
import type { RegistryState } from '../model-registry';
import { parseState } from './model-store';

/** Writes of other processes give no signal, so a watch polls at least this often. */
const POLL_MS_MAX = 20;

interface WatchOf {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly loadStateText: () => string;
  /** True once the registry or its environment is closed: the watch ends. */
  readonly isClosed: () => boolean;
}

/**
 * ModelRegistry's `watch`. The reader gets the state of the moment in which it asks. Nothing is queued, so a slow reader
 * misses the states between.
 */
export async function* watchState(
  { environment, clock, loadStateText, isClosed }: WatchOf,
  pollMs: number,
  signal: AbortSignal,
): AsyncGenerator<RegistryState, void, undefined> {
  const written = new Signal();
  const stopListening = environment.onWrite(() => written.notify());
  let shown: string | null = null;
  let shownAtMs = 0;
  try {
    while (!signal.aborted && !isClosed()) {
      const text = textWhenThere(loadStateText);
      const dueInMs = shownAtMs + pollMs - clock.monotonicMs();
      if (text !== null && (text !== shown || dueInMs <= 0)) {
        shown = text;
        shownAtMs = clock.monotonicMs();
        yield parseState(text);
      } else {
        await written.wait(text === null ? POLL_MS_MAX : Math.min(POLL_MS_MAX, dueInMs), clock, signal);
      }
    }
  } finally {
    stopListening();
  }
}

/** Null while the folder cannot be read: the watch gives nothing then and tries again. */
function textWhenThere(loadStateText: () => string): string | null {
  try {
    return loadStateText();
  } catch (error) {
    if (isAlderError(error, 'registry-unavailable', 'registry-closed')) return null;
    throw error;
  }
}

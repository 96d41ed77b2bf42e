import { isAlderError } from '../../errors';
import type { Environment } from '../../lmdb/environment';
import type { Clock } from '../../runtime/clock';
import { Signal } from '../../runtime/signal';
import type { RegistryState } from '../model-registry';
import { parseState } from './model-store';

/** Other processes write to the same folder without a word to us, so a watch looks again at least this often. */
const LOOK_MS_MAX = 20;

export interface WatchOf {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly loadStateText: () => string;
  /** True once nobody may use the registry any more: the watch ends. */
  readonly isClosed: () => boolean;
}

/**
 * ModelRegistry's `watch`. Nothing is queued: what the reader gets is the state of the moment in which it asks, so a
 * slow reader misses the states between and holds up nobody.
 */
export async function* watchState(
  { environment, clock, loadStateText, isClosed }: WatchOf,
  pollMs: number,
  signal: AbortSignal,
): AsyncGenerator<RegistryState, void, undefined> {
  const wakeup = new Signal();
  const stopListening = environment.onWrite(() => wakeup.notify());
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
        await wakeup.wait(text === null ? LOOK_MS_MAX : Math.min(LOOK_MS_MAX, dueInMs), clock, signal);
      }
    }
  } finally {
    stopListening();
  }
}

/** Null while the folder cannot be read: a watch says nothing then and tries again. */
function textWhenThere(loadStateText: () => string): string | null {
  try {
    return loadStateText();
  } catch (error) {
    if (isAlderError(error, 'registry-unavailable', 'registry-closed')) return null;
    throw error;
  }
}

import { untilAborted } from '../shared/runtime/until-aborted';

/**
 * What an opening gives, or null as soon as the signal aborts: an adapter waits for its server as long as it takes,
 * and Ctrl-C does not wait with it. What an abandoned opening still holds goes with the process.
 */
export function unlessStopped<T>(opening: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return Promise.race([opening, untilAborted(signal).then(() => null)]);
}

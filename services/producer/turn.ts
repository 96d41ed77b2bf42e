import type { Clock } from '../../shared/runtime/clock';

/** Shorter than any lease, so that losing one and winning it back is seen. */
export const TURN_POLL_MS = 250;

/**
 * Waits until this process may send. `at-once` when it may now, `after-waiting` when others may have sent meanwhile,
 * `stopped` when the signal aborted first.
 */
export async function waitForTurn(
  isAllowed: () => boolean,
  clock: Clock,
  signal: AbortSignal,
): Promise<'at-once' | 'after-waiting' | 'stopped'> {
  let turn: 'at-once' | 'after-waiting' = 'at-once';
  while (!signal.aborted) {
    if (isAllowed()) return turn;
    turn = 'after-waiting';
    await clock.sleep(TURN_POLL_MS, signal);
  }
  return 'stopped';
}

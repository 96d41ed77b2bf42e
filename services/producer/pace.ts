import type { Clock } from '../../shared/runtime/clock';

/**
 * Says when a row is due at a steady rate. Every due time is counted from the start and none from the row before, so
 * late wake-ups do not add up; a source that was held up catches up.
 */
export class Pace {
  private startMs: number;
  private firstRow = 0;

  constructor(
    private readonly ratePerSecond: number | null,
    private readonly clock: Clock,
  ) {
    this.startMs = clock.monotonicMs();
  }

  /** Counts anew from this row, which is due at once: what was missed on purpose is not made up for. */
  restart(firstRow: number): void {
    this.firstRow = firstRow;
    this.startMs = this.clock.monotonicMs();
  }

  /** Whole milliseconds until the row (the n-th sent, from 0) is due; 0 when it is, and always without a rate. */
  waitMs(row: number): number {
    if (this.ratePerSecond === null) return 0;
    const dueMs = this.startMs + ((row - this.firstRow) * 1_000) / this.ratePerSecond;
    return Math.max(0, Math.ceil(dueMs - this.clock.monotonicMs()));
  }
}

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

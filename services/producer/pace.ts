import type { Clock } from '../../shared/runtime/clock';

/**
 * Due times of rows at a steady rate. Every due time is counted from the start and not from the previous row, so late
 * wake-ups do not add up, and a delayed source catches up.
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

  /** Counts from this row on, which is due at once. Rows that were not allowed to go out are not caught up with. */
  restart(firstRow: number): void {
    this.firstRow = firstRow;
    this.startMs = this.clock.monotonicMs();
  }

  /** Whole milliseconds until the row (the n-th sent, from 0) is due; 0 for a due row, and always 0 without a rate. */
  waitMs(row: number): number {
    if (this.ratePerSecond === null) return 0;
    const dueMs = this.startMs + ((row - this.firstRow) * 1_000) / this.ratePerSecond;
    return Math.max(0, Math.ceil(dueMs - this.clock.monotonicMs()));
  }
}

/** Shorter than any lease, so that a permission that is lost and given back is noticed. */
export const PERMISSION_POLL_MS = 250;

/**
 * Waits until this process may send. `at-once` when it may now; `after-waiting` when other processes may have sent in
 * between; `stopped` when the signal aborted first.
 */
export async function waitForPermission(
  isAllowed: () => boolean,
  clock: Clock,
  signal: AbortSignal,
): Promise<'at-once' | 'after-waiting' | 'stopped'> {
  let permission: 'at-once' | 'after-waiting' = 'at-once';
  while (!signal.aborted) {
    if (isAllowed()) return permission;
    permission = 'after-waiting';
    await clock.sleep(PERMISSION_POLL_MS, signal);
  }
  return 'stopped';
}

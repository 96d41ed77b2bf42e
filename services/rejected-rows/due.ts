import type { RowFault } from '../../shared/errors';
import type { RejectedEntry, RejectedLedger } from './rejected-ledger';

/**
 * Why a rejected row is not sent again: it was already; its copy is not whole, and no schema makes it smaller; its bytes
 * are compressed or otherwise wrapped, and no schema reads those; it was sent again as often as it may be.
 */
export type Obstacle = 'replayed' | 'cut' | 'encoded' | 'attemptsUsedUp';

export interface WhichRows {
  /** Null for every reason. */
  readonly reason: RowFault | null;
  /** The most times that one row is sent again, over all runs. */
  readonly attemptsMax: number;
}

/** How many rejected rows there are of the reason asked for, how many of them are to be sent, and why others are not. */
export interface Due extends Readonly<Record<Obstacle, number>> {
  readonly rows: number;
  readonly due: number;
}

/** Null for a row that may be sent, whatever its reason. */
function obstacleOf(
  entry: RejectedEntry,
  ledger: RejectedLedger,
  { attemptsMax }: WhichRows,
): Obstacle | null {
  if (ledger.wasReplayed(entry)) return 'replayed';
  if (entry.wholeBytes !== null) return 'cut';
  if (entry.reason === 'unsupported-encoding') return 'encoded';
  // A row that was rejected n times was sent again n − 1 times.
  return entry.attempt > attemptsMax ? 'attemptsUsedUp' : null;
}

export function isDue(entry: RejectedEntry, ledger: RejectedLedger, which: WhichRows): boolean {
  return isAskedFor(entry, which) && obstacleOf(entry, ledger, which) === null;
}

function isAskedFor({ reason }: RejectedEntry, which: WhichRows): boolean {
  return which.reason === null || which.reason === reason;
}

/** Counts all rows that the ledger knows. */
export function countDue(ledger: RejectedLedger, which: WhichRows): Due {
  const counts = { rows: 0, due: 0, replayed: 0, cut: 0, encoded: 0, attemptsUsedUp: 0 };
  for (const entry of ledger.entries.values()) {
    if (!isAskedFor(entry, which)) continue;
    counts.rows++;
    counts[obstacleOf(entry, ledger, which) ?? 'due']++;
  }
  return counts;
}

import type { RowFault } from '../../shared/errors';
import type { RejectedEntry, RejectedLedger } from './rejected-ledger';

/**
 * Why a rejected row is not sent again. `replayed`: it was sent again already. `cut`: its copy is not whole, because it is
 * too large for any schema. `encoded`: its bytes are compressed, and no schema reads compressed bytes. `attemptsUsedUp`:
 * it was sent again `attemptsMax` times.
 */
type Obstacle = 'replayed' | 'cut' | 'encoded' | 'attemptsUsedUp';

export interface WhichRows {
  /** Null for every reason. */
  readonly reason: RowFault | null;
  /** The most times that one row is sent again, over all replays. */
  readonly attemptsMax: number;
}

/** The number of rejected rows of the wanted reason, of those that are due, and of those with each obstacle. */
export interface Due extends Readonly<Record<Obstacle, number>> {
  readonly rows: number;
  readonly due: number;
}

/** Null for a row that may be sent; does not look at the wanted reason. */
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
  return hasReason(entry, which) && obstacleOf(entry, ledger, which) === null;
}

function hasReason({ reason }: RejectedEntry, which: WhichRows): boolean {
  return which.reason === null || which.reason === reason;
}

/** Counts all rows of the ledger. */
export function countDue(ledger: RejectedLedger, which: WhichRows): Due {
  const counts = { rows: 0, due: 0, replayed: 0, cut: 0, encoded: 0, attemptsUsedUp: 0 };
  for (const entry of ledger.entries.values()) {
    if (!hasReason(entry, which)) continue;
    counts.rows++;
    counts[obstacleOf(entry, ledger, which) ?? 'due']++;
  }
  return counts;
}

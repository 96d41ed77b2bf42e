import { CHAMPION } from './aliases';
import type { JournalEntry } from './model-registry';

/** The journal drops its oldest entries above this number. */
export const JOURNAL_ENTRIES_MAX = 10_000;

/** The versions of the aliases at a time. */
interface LiveAt {
  readonly champion: number | null;
  /** For each alias the entry that moved it last. */
  readonly aliases: Readonly<Record<string, JournalEntry>>;
  /** False when the journal does not reach back that far. */
  readonly isKnown: boolean;
}

/**
 * The versions of the aliases at `at` (RFC 3339, UTC), from the journal's entries, oldest first. The times come from the
 * clocks of those who made the changes; where clocks disagree, the order of the journal decides. A trimmed journal knows
 * nothing of the time before its oldest entry.
 */
export function liveAt(entries: readonly JournalEntry[], at: string): LiveAt {
  const until = entries.slice(0, entries.findLastIndex((entry) => entry.at <= at) + 1);
  const aliases = Object.fromEntries(until.map((entry) => [entry.alias, entry]));
  const isTrimmed = entries.length >= JOURNAL_ENTRIES_MAX;
  return { champion: aliases[CHAMPION]?.to ?? null, aliases, isKnown: !isTrimmed || until.length > 0 };
}

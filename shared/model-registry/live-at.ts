import { CHAMPION, JOURNAL_ENTRIES_MAX, type JournalEntry } from './model-registry';

/** Where the aliases stood at a time. */
export interface LiveAt {
  readonly champion: number | null;
  /** By alias, the entry that put it there. */
  readonly aliases: Readonly<Record<string, JournalEntry>>;
  /** False when the journal does not reach back that far. */
  readonly isKnown: boolean;
}

/**
 * Where the aliases stood at `at` (RFC 3339, UTC), by the journal's entries, oldest first. Times come from the clocks of
 * whoever made the changes, so where they disagree, the order of the journal says which came later. A journal that has
 * been trimmed knows nothing of the time before its oldest entry.
 */
export function liveAt(entries: readonly JournalEntry[], at: string): LiveAt {
  const until = entries.slice(0, entries.findLastIndex((entry) => entry.at <= at) + 1);
  const aliases = Object.fromEntries(until.map((entry) => [entry.alias, entry]));
  const isTrimmed = entries.length >= JOURNAL_ENTRIES_MAX;
  return { champion: aliases[CHAMPION]?.to ?? null, aliases, isKnown: !isTrimmed || until.length > 0 };
}

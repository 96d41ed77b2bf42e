import type { JournalAnswer, LiveAtAnswer } from '../../shared/api/version-answers';
import { jsonAnswer } from '../../shared/http/answer';
import { CHAMPION, JOURNAL_ENTRIES_MAX, type JournalEntry } from '../../shared/model-registry/model-registry';
import { type RouteOf, refuseOtherModels, type ServingContext } from './serving-context';
import { SharedLoads } from './shared-loads';

/** GET /models/{model}/journal: every change of what is live; with `?at=`, where the aliases stood at that time. */
export function showJournal(context: ServingContext): RouteOf<'showJournal'> {
  const loads = new SharedLoads<number, JournalEntry[]>(4);
  const { registry, model } = context;
  return async (request, _response, { at, limit }) => {
    refuseOtherModels(context, request);
    const countMax = at === undefined ? limit : JOURNAL_ENTRIES_MAX;
    const entries = await loads.load(countMax, () => registry.journal(countMax));
    if (at !== undefined) return jsonAnswer(200, liveAt(model, entries, at));
    const body: JournalAnswer = { model, entries: [...entries].reverse() };
    return jsonAnswer(200, body);
  };
}

/**
 * Where the aliases stood at a time, by entries that stand oldest first. Times come from the clocks of whoever made the
 * changes, so where they disagree, the order of the journal says which came later. A journal that has been trimmed
 * knows nothing of the time before its oldest entry.
 */
export function liveAt(model: string, entries: readonly JournalEntry[], at: string): LiveAtAnswer {
  const until = entries.slice(0, entries.findLastIndex((entry) => entry.at <= at) + 1);
  const aliases = Object.fromEntries(until.map((entry) => [entry.alias, entry]));
  const isTrimmed = entries.length >= JOURNAL_ENTRIES_MAX;
  return {
    model,
    at,
    champion: aliases[CHAMPION]?.to ?? null,
    aliases,
    isKnown: !isTrimmed || until.length > 0,
  };
}

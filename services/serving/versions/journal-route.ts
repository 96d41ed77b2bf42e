import type { JournalAnswer, LiveAtAnswer } from '../../../shared/api/version-answers';
import { jsonAnswer } from '../../../shared/http/answer';
import { liveAt } from '../../../shared/model-registry/live-at';
import { JOURNAL_ENTRIES_MAX, type JournalEntry } from '../../../shared/model-registry/model-registry';
import { SingleFlight } from '../models/single-flight';
import { type RouteOf, refuseOtherModels, type ServingContext } from '../server/serving-context';

/** GET /models/{model}/journal: every change of what is live; with `?at=`, where the aliases stood at that time. */
export function showJournal(context: ServingContext): RouteOf<'showJournal'> {
  const loads = new SingleFlight<number, JournalEntry[]>(4);
  const { registry, model } = context;
  return async (request, _response, { at, limit }) => {
    refuseOtherModels(context, request);
    const countMax = at === undefined ? limit : JOURNAL_ENTRIES_MAX;
    const entries = await loads.load(countMax, () => registry.journal(countMax));
    if (at !== undefined) {
      const body: LiveAtAnswer = { model, at, ...liveAt(entries, at) };
      return jsonAnswer(200, body);
    }
    const body: JournalAnswer = { model, entries: [...entries].reverse() };
    return jsonAnswer(200, body);
  };
}

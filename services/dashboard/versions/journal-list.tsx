import type { JournalEvent } from '../../../shared/api/events';
import { actorInWords, reasonInWords, timeText } from './version-words';

const ENTRIES_SHOWN = 8;

/** The newest moves of aliases: what, by whom and why. */
export function JournalList({ journal }: { readonly journal: JournalEvent['entries'] }) {
  if (journal.length === 0) return <p class="quiet">No alias has moved yet.</p>;
  return (
    <ol class="journal figures">
      {journal.slice(0, ENTRIES_SHOWN).map(({ alias, from, to, revision, reason, actor, at }) => (
        <li key={`${alias} ${revision}`}>
          <span>
            <strong>{alias}</strong> {from === to ? `stays at ${to}` : `${from ?? 'new'} → ${to}`}
          </span>
          <time class="quiet" dateTime={at}>
            {timeText(at)}
          </time>
          <span class="quiet">
            {actorInWords(actor)}: {reasonInWords(reason)}
          </span>
        </li>
      ))}
    </ol>
  );
}

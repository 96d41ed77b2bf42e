import { useState } from 'preact/hooks';
import type { JournalEvent, PipelineEvent, VersionSummary } from '../../../shared/api/events';
import { counted } from '../ui/format';
import { Section } from '../ui/section';
import { type AliasChange, CHAMPION, releasing, rollingBack } from './alias-change';
import { AliasForm } from './alias-form';
import { ChangeDialog } from './change-dialog';
import { actorInWords, reasonInWords, timeText } from './version-words';
import { VersionsTable } from './versions-table';
import '../ui/controls.css';
import './versions.css';

interface VersionsSectionProps {
  readonly model: string;
  /** Ascending. */
  readonly versions: readonly VersionSummary[];
  readonly aliases: PipelineEvent['aliases'];
  /** The version that a rollback makes the champion; null for none. */
  readonly previousChampion: number | null;
  readonly latest: number | null;
  /** Newest first. */
  readonly journal: JournalEvent['entries'];
  readonly shown: number | null;
  onShow(version: number): void;
}

/** The stored versions, the champion, the journal, and the changes of aliases that a person may make. */
export function VersionsSection(props: VersionsSectionProps) {
  const { model, versions, aliases, previousChampion, latest, journal, shown, onShow } = props;
  const [change, setChange] = useState<AliasChange | null>(null);
  // The token stays in memory: it is never stored nor part of an address.
  const [token, setToken] = useState('');
  const [notice, setNotice] = useState('');
  const champion = aliases[CHAMPION];
  const note =
    latest === null ? undefined : `newest ${latest}, ${counted(versions.length, 'version')} listed`;
  return (
    <Section title="Versions" id="versions" note={note}>
      {versions.length === 0 ? (
        <p class="quiet">No version has been trained yet, so the list is empty.</p>
      ) : (
        <VersionsTable
          versions={versions}
          aliases={aliases}
          shown={shown}
          onShow={onShow}
          onChange={setChange}
        />
      )}
      <p class="versions-notice" role="status">
        {notice}
      </p>
      <div class="versions-below">
        <div>
          <h3 title="The champion answers predictions; each new version is its challenger.">Champion</h3>
          <p class="quiet">{championInWords(champion, previousChampion)}</p>
          <div class="change-actions">
            <button
              type="button"
              class="button"
              disabled={champion === undefined || previousChampion === null}
              onClick={() =>
                champion !== undefined &&
                previousChampion !== null &&
                setChange(rollingBack(champion, previousChampion))
              }
            >
              Roll back{previousChampion === null ? '' : ` to version ${previousChampion}`}
            </button>
            <button
              type="button"
              class="button"
              title="Lets challengers replace the champion again."
              disabled={champion?.held !== true}
              onClick={() => champion !== undefined && setChange(releasing(champion))}
            >
              Release
            </button>
          </div>
          <AliasForm versions={versions} aliases={aliases} onChange={setChange} />
        </div>
        <div>
          <h3>Journal</h3>
          <JournalList journal={journal} />
        </div>
      </div>
      {change !== null && (
        <ChangeDialog
          model={model}
          change={change}
          token={token}
          onToken={setToken}
          onDone={(words) => {
            setChange(null);
            if (words !== null) setNotice(words);
          }}
        />
      )}
    </Section>
  );
}

function championInWords(
  champion: PipelineEvent['aliases'][string] | undefined,
  previous: number | null,
): string {
  if (champion === undefined) return 'No version has been trained yet, so there is no champion.';
  const rule = champion.held
    ? 'It is pinned by hand, so challengers do not replace it.'
    : 'A challenger replaces it when it is good enough.';
  return `Version ${champion.version} is the champion. ${rule}${previous === null ? ' There is no previous champion.' : ''}`;
}

const ENTRIES_SHOWN = 8;

/** The newest moves of aliases, each with its actor and reason. */
function JournalList({ journal }: { readonly journal: JournalEvent['entries'] }) {
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

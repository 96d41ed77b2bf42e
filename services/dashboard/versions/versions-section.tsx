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
  /** Where a rollback would go. */
  readonly previousChampion: number | null;
  readonly latest: number | null;
  /** Newest first. */
  readonly journal: JournalEvent['entries'];
  readonly shown: number | null;
  onShow(version: number): void;
}

/** What has been trained, what is live, and the few things that a person may change about it. */
export function VersionsSection(props: VersionsSectionProps) {
  const { model, versions, aliases, previousChampion, latest, journal, shown, onShow } = props;
  const [change, setChange] = useState<AliasChange | null>(null);
  // Nowhere but here: not in storage, not in the address, gone with the page.
  const [token, setToken] = useState('');
  const [told, setTold] = useState('');
  const champion = aliases[CHAMPION];
  const note =
    latest === null ? undefined : `newest ${latest}, ${counted(versions.length, 'version')} listed`;
  return (
    <Section title="Versions" id="versions" note={note}>
      {versions.length === 0 ? (
        <p class="quiet">No version has been trained yet.</p>
      ) : (
        <VersionsTable
          versions={versions}
          aliases={aliases}
          shown={shown}
          onShow={onShow}
          onChange={setChange}
        />
      )}
      <p class="versions-told" role="status">
        {told}
      </p>
      <div class="versions-below">
        <div>
          <h3>What is live</h3>
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
            if (words !== null) setTold(words);
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
  if (champion === undefined) return 'No champion yet.';
  const held = champion.held
    ? 'A person holds it there: new versions do not replace it.'
    : 'A new version replaces it when it is good enough.';
  return `Version ${champion.version} is the champion. ${held}${previous === null ? ' There is none before it.' : ''}`;
}

const ENTRIES_SHOWN = 8;

/** The newest moves of aliases: what, by whom and why. */
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

import { useState } from 'preact/hooks';
import type { PipelineEvent, VersionSummary } from '../../../shared/api/events';
import { type AliasChange, CHAMPION, pointing } from './alias-change';
import { VersionRow } from './version-row';
import { aliasesByVersion } from './version-words';

interface VersionsTableProps {
  readonly versions: readonly VersionSummary[];
  readonly aliases: PipelineEvent['aliases'];
  readonly shown: number | null;
  onShow(version: number): void;
  onChange(change: AliasChange): void;
}

const FIRST_SHOWN = 10;
/** Versions that each click on "Show more" adds. */
const MORE_SHOWN = 40;

/** The versions, newest first. */
export function VersionsTable({ versions, aliases, shown, onShow, onChange }: VersionsTableProps) {
  const [count, setCount] = useState(FIRST_SHOWN);
  const named = aliasesByVersion(aliases);
  const newest = versions.toReversed().slice(0, count);
  const left = versions.length - newest.length;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the table scrolls on a small screen, so the keyboard must reach it. */}
      <section class="versions-scroll" tabIndex={0} aria-label="versions, newest first">
        <table class="versions-table figures">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Created</th>
              <th
                scope="col"
                class="number"
                title="Share of correct predictions on rows that no tree learns from."
              >
                Holdout accuracy
              </th>
              <th
                scope="col"
                class="number"
                title="Share of rows that were predicted correctly before a tree learned from them."
              >
                Prequential accuracy
              </th>
              <th scope="col" class="number" title="Rows in the window: fitted and holdout rows.">
                Rows
              </th>
              <th scope="col">Promotion</th>
              <th scope="col" title="SHA-256 of the tree.">
                Digest
              </th>
              <th scope="col">
                <span class="only-heard">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {newest.map((summary) => (
              <VersionRow
                key={summary.version}
                summary={summary}
                aliases={named.get(summary.version) ?? []}
                isShown={summary.version === shown}
                isChampion={aliases[CHAMPION]?.version === summary.version}
                onShow={() => onShow(summary.version)}
                onPromote={() => onChange(pointing(CHAMPION, summary.version, aliases))}
              />
            ))}
          </tbody>
        </table>
      </section>
      {left > 0 && (
        <button type="button" class="button" onClick={() => setCount(count + MORE_SHOWN)}>
          Show more ({left} older)
        </button>
      )}
    </>
  );
}

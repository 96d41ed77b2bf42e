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
/** As many more with each wish. */
const MORE_SHOWN = 40;

/** The versions, newest first. */
export function VersionsTable({ versions, aliases, shown, onShow, onChange }: VersionsTableProps) {
  const [count, setCount] = useState(FIRST_SHOWN);
  const named = aliasesByVersion(aliases);
  const newest = versions.toReversed().slice(0, count);
  const left = versions.length - newest.length;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls on a small screen, so keys must reach it. */}
      <section class="versions-scroll" tabIndex={0} aria-label="versions, newest first">
        <table class="versions-table figures">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Made</th>
              <th scope="col" class="number" title="share of the held back rows that it gets right">
                Held back
              </th>
              <th
                scope="col"
                class="number"
                title="share of the rows that versions got right before they learned from them"
              >
                Before learning
              </th>
              <th scope="col" class="number" title="rows that it was fitted and judged on">
                Rows
              </th>
              <th scope="col">Verdict</th>
              <th scope="col" title="the sha256 of its tree">
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

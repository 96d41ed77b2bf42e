import { useState } from 'preact/hooks';
import type { VersionSummary } from '../../../shared/api/events';
import { CopyButton } from '../ui/copy-button';
import { countText } from '../ui/format';
import { lineageInWords, percentText, reasonInWords, timeText } from './version-words';

interface VersionRowProps {
  readonly summary: VersionSummary;
  readonly aliases: readonly string[];
  readonly isShown: boolean;
  readonly isChampion: boolean;
  onShow(): void;
  onPromote(): void;
}

export const COLUMNS = 8;
const DIGEST_SHOWN = 10;

/** One version, and its details in a second row that opens on a click. */
export function VersionRow({ summary, aliases, isShown, isChampion, onShow, onPromote }: VersionRowProps) {
  const [isOpen, setIsOpen] = useState(false);
  const { version, createdAt, promoted, reason, rows, holdout, prequential, isImported, tree } = summary;
  const detail = `version-${version}-detail`;
  return (
    <>
      <tr class={isShown ? 'is-shown' : ''}>
        <th scope="row">
          <button
            type="button"
            class="version-toggle"
            aria-expanded={isOpen}
            aria-controls={detail}
            onClick={() => setIsOpen(!isOpen)}
          >
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {version}
          </button>
          {aliases.map((alias) => (
            <span key={alias} class={`tag${alias === 'champion' ? ' tag-champion' : ''}`}>
              {alias}
            </span>
          ))}
        </th>
        <td>
          <time dateTime={createdAt}>{timeText(createdAt)}</time>
        </td>
        <td class="number" title={`${holdout.candidate} of ${holdout.rows} rows`}>
          {percentText(holdout.candidate, holdout.rows)}
        </td>
        <td class="number" title={`${prequential.hits} of ${prequential.rows} rows`}>
          {percentText(prequential.hits, prequential.rows)}
        </td>
        <td class="number">{countText(rows.window)}</td>
        <td class="decision">
          <strong class={promoted ? 'is-promoted' : 'is-refused'}>
            {promoted ? 'promoted' : 'not promoted'}
          </strong>
          {isImported ? ', imported' : ''}: {reasonInWords(reason)}
        </td>
        <td>
          <code title={tree.digest}>{tree.digest.slice(0, DIGEST_SHOWN)}</code>
        </td>
        <td class="version-actions">
          <button type="button" class="button" aria-pressed={isShown} onClick={onShow}>
            show tree<span class="only-heard"> of version {version}</span>
          </button>
          <button type="button" class="button" disabled={isChampion} onClick={onPromote}>
            promote<span class="only-heard"> version {version}</span>
          </button>
        </td>
      </tr>
      <tr id={detail} class="version-detail" hidden={!isOpen}>
        <td colSpan={COLUMNS}>{isOpen && <VersionDetail summary={summary} />}</td>
      </tr>
    </>
  );
}

function VersionDetail({
  summary: { tree, recordDigest, lineage, rows },
}: {
  readonly summary: VersionSummary;
}) {
  return (
    <dl class="figures">
      <dt>Rows</dt>
      <dd>
        {countText(rows.fitted)} fitted, {countText(rows.heldOut)} holdout, {countText(rows.rejected)}{' '}
        rejected
      </dd>
      <dt>Lineage</dt>
      <dd>
        {lineage.map((part) => (
          <div key={part.partition}>{lineageInWords(part)}</div>
        ))}
      </dd>
      <dt>Tree</dt>
      <dd>
        {countText(tree.leaves)} leaves, depth {tree.depth}; <Digest digest={tree.digest} of="tree" />
      </dd>
      <dt>Record</dt>
      <dd>
        <Digest digest={recordDigest} of="record" />
      </dd>
    </dl>
  );
}

function Digest({ digest, of }: { readonly digest: string; readonly of: string }) {
  return (
    <>
      <code title={digest}>{digest.slice(0, DIGEST_SHOWN)}</code>{' '}
      <CopyButton text={digest} label={`copy ${of} digest`} />
    </>
  );
}

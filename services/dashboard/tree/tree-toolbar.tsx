import type { VersionSummary } from '../../../shared/api/events';
import type { Tree } from '../../../shared/tree/tree';
import { classColour } from '../ui/format';
import { rowsAt } from './read-tree';

/** The version that the drawn tree is compared with. */
export type Against = 'nothing' | 'before' | 'champion';

interface TreeToolbarProps {
  readonly versions: readonly VersionSummary[];
  readonly shown: number;
  readonly champion: number | null;
  /** The newest stored version below the shown one. */
  readonly before: number | null;
  readonly against: Against;
  onShow(version: number): void;
  onAgainst(against: Against): void;
}

/** Chooses the version to draw and the version to compare it with. */
export function TreeToolbar(props: TreeToolbarProps) {
  const { versions, shown, champion, before, against, onShow, onAgainst } = props;
  const after = versions.find(({ version }) => version > shown)?.version ?? null;
  const isListed = versions.some(({ version }) => version === shown);
  return (
    <div class="tree-toolbar">
      <div class="tree-steps">
        <Step to={before} label="older" sign="‹" onShow={onShow} />
        <label class="field">
          <span>Version</span>
          <select value={shown} onChange={(event) => onShow(Number(event.currentTarget.value))}>
            {!isListed && <option value={shown}>{shown}</option>}
            {versions.toReversed().map(({ version, tree: { leaves } }) => (
              <option key={version} value={version}>
                {version}
                {version === champion ? ', champion' : ''} ({leaves.toLocaleString('en')}{' '}
                {leaves === 1 ? 'leaf' : 'leaves'})
              </option>
            ))}
          </select>
        </label>
        <Step to={after} label="newer" sign="›" onShow={onShow} />
      </div>
      <label class="field">
        <span>Compare with</span>
        <select value={against} onChange={(event) => onAgainst(event.currentTarget.value as Against)}>
          <option value="nothing">no other version</option>
          <option value="before" disabled={before === null}>
            the version before{before === null ? '' : ` (${before})`}
          </option>
          <option value="champion" disabled={champion === null || champion === shown}>
            the champion{champion === null ? '' : ` (${champion})`}
          </option>
        </select>
      </label>
    </div>
  );
}

interface StepProps {
  readonly to: number | null;
  readonly label: string;
  readonly sign: string;
  onShow(version: number): void;
}

function Step({ to, label, sign, onShow }: StepProps) {
  const title = to === null ? `no ${label} version` : `${label}: version ${to}`;
  return (
    <button
      type="button"
      class="button"
      disabled={to === null}
      aria-label={title}
      title={title}
      onClick={() => to !== null && onShow(to)}
    >
      {sign}
    </button>
  );
}

/** The classes with their colours and numbers of fitted rows. */
export function TreeLegend({ tree }: { readonly tree: Tree }) {
  const rows = rowsAt(tree, 0);
  return (
    <ul class="tree-legend figures" aria-label="classes, with their fitted rows">
      {tree.classNames.map((name, k) => (
        <li key={name}>
          <span class={`swatch ${classColour(k)}`} aria-hidden="true" /> {name}{' '}
          <small>{rows[k]!.toLocaleString('en')}</small>
        </li>
      ))}
    </ul>
  );
}

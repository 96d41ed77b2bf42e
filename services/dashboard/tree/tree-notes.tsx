import type { LitPath } from '../try-it/prediction';
import type { TreeChanges } from './tree-changes';

interface PathNoteProps {
  readonly path: LitPath;
  readonly version: number;
  readonly champion: number | null;
  /** Whether the tree stays at the path's version while the champion moves on. */
  readonly isHeld: boolean;
  onShow(version: number): void;
  onFollow(): void;
}

/** Which version the path of a row belongs to, where that is not plain. */
export function PathNote({ path, version, champion, isHeld, onShow, onFollow }: PathNoteProps) {
  if (isHeld)
    return (
      <p class="quiet tree-note">
        Version {path.version} answered for your row, so its tree stays here; version {champion} is the
        champion now.{' '}
        <button type="button" class="button" onClick={onFollow}>
          follow the champion
        </button>
      </p>
    );
  if (path.version === version) return null;
  return (
    <p class="quiet tree-note">
      The path of your row is one of version {path.version}.{' '}
      <button type="button" class="button" onClick={() => onShow(path.version)}>
        show version {path.version}
      </button>
    </p>
  );
}

interface ChangesNoteProps {
  readonly other: number;
  /** False while one of the two trees is on its way. */
  readonly isCompared: boolean;
  /** Null when the two cannot be compared. */
  readonly changes: TreeChanges | null;
  readonly fault: string | null;
  /** Whether it is read out. */
  readonly isAsked: boolean;
}

/** What changed, in words. */
export function ChangesNote({ other, isCompared, changes, fault, isAsked }: ChangesNoteProps) {
  const isChanged = changes !== null && changes.marks.size > 0;
  return (
    <p class={`tree-changes${isChanged ? ' are-some' : ''}`} aria-live={isAsked ? 'polite' : 'off'}>
      {fault !== null && `Version ${other} is not here: ${fault}`}
      {isCompared &&
        changes === null &&
        `Version ${other} has other features or classes, so no split can be compared.`}
      {changes !== null && `Against version ${other}: ${changes.words}.`}
    </p>
  );
}

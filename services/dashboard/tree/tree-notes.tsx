import type { DecisionPath } from '../try-it/prediction';
import type { TreeChanges } from './tree-changes';

interface PathNoteProps {
  readonly path: DecisionPath;
  readonly version: number;
  readonly champion: number | null;
  /** Whether the tree stays at the path's version although the champion has changed. */
  readonly isFrozen: boolean;
  onShow(version: number): void;
  onFollow(): void;
}

/** The version of the decision path, when the drawn tree or the champion is of another version. */
export function PathNote({ path, version, champion, isFrozen, onShow, onFollow }: PathNoteProps) {
  if (isFrozen)
    return (
      <p class="quiet tree-note">
        Version {path.version} predicted your row, so its tree stays here. The champion is now version{' '}
        {champion}.{' '}
        <button type="button" class="button" onClick={onFollow}>
          follow the champion
        </button>
      </p>
    );
  if (path.version === version) return null;
  return (
    <p class="quiet tree-note">
      The decision path of your row is in the tree of version {path.version}.{' '}
      <button type="button" class="button" onClick={() => onShow(path.version)}>
        show version {path.version}
      </button>
    </p>
  );
}

interface ChangesNoteProps {
  readonly other: number;
  /** False while one of the two trees is loading. */
  readonly isCompared: boolean;
  /** Null when the two trees cannot be compared. */
  readonly changes: TreeChanges | null;
  readonly error: string | null;
  /** Whether screen readers announce the note. */
  readonly isAsked: boolean;
}

/** The differences in words. */
export function ChangesNote({ other, isCompared, changes, error, isAsked }: ChangesNoteProps) {
  const isChanged = changes !== null && changes.marks.size > 0;
  return (
    <p class={`tree-changes${isChanged ? ' are-some' : ''}`} aria-live={isAsked ? 'polite' : 'off'}>
      {error !== null && `The tree of version ${other} could not be loaded: ${error}`}
      {isCompared &&
        changes === null &&
        `Version ${other} has other features or classes, so the trees cannot be compared.`}
      {changes !== null && `Compared with version ${other}: ${changes.words}.`}
    </p>
  );
}

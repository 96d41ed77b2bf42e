import { useMemo, useState } from 'preact/hooks';
import type { VersionSummary } from '../../../shared/api/events';
import { depth, leafCount } from '../../../shared/tree/tree';
import type { DecisionPath } from '../try-it/prediction';
import { counted } from '../ui/format';
import { Section } from '../ui/section';
import { changesBetween } from './tree-changes';
import { TreeDrawing } from './tree-drawing';
import { ChangesNote, PathNote } from './tree-notes';
import { type Against, TreeLegend, TreeToolbar } from './tree-toolbar';
import { useTree } from './use-tree';
import '../ui/controls.css';
import './tree.css';

interface TreeSectionProps {
  readonly model: string;
  /** The version to draw; null for the champion. */
  readonly shown: number | null;
  readonly versions: readonly VersionSummary[];
  readonly champion: number | null;
  readonly path: DecisionPath | null;
  onShow(version: number): void;
}

const NO_PATH: readonly number[] = [];

/** The tree of any version, its differences from another version, and the decision path of a row. */
export function TreeSection({ model, shown, versions, champion, path, onShow }: TreeSectionProps) {
  const [against, setAgainst] = useState<Against>('nothing');
  // Screen readers announce a comparison that a person asked for, but not the repeated one of each later champion.
  const [askedAt, setAskedAt] = useState<number | null>(null);
  // A new champion every second would replace the tree before a person could read the path in it, so the tree stays at
  // the path's version until the person dismisses it.
  const [dismissed, dismiss] = useState<DecisionPath | null>(null);
  const isFollowing = shown === null || shown === champion;
  const isFrozen = isFollowing && path !== null && path !== dismissed && path.version !== champion;
  const version = isFrozen ? path.version : (shown ?? champion);
  const before = versions.findLast((other) => version !== null && other.version < version)?.version ?? null;
  const other = { nothing: null, before, champion: champion === version ? null : champion }[against];
  const { tree, version: drawn, error } = useTree(model, version);
  const compared = useTree(model, other);
  const isCompared =
    tree !== null && compared.tree !== null && compared.version === other && drawn === version;
  const changes = useMemo(
    () => (isCompared ? changesBetween(compared.tree!, tree) : null),
    [isCompared, compared.tree, tree],
  );
  if (version === null)
    return (
      <Section title="Decision tree" id="tree">
        <p class="quiet">No version has been trained yet, so there is no tree to draw.</p>
      </Section>
    );
  const note =
    tree === null ? undefined : `${counted(leafCount(tree), 'leaf', 'leaves')}, depth ${depth(tree)}`;
  return (
    <Section title={`Decision tree of version ${version}`} id="tree" note={note}>
      <div class="tree-head">
        <TreeToolbar
          versions={versions}
          shown={version}
          champion={champion}
          before={before}
          against={against}
          onShow={(to) => {
            setAskedAt(to);
            dismiss(path);
            onShow(to);
          }}
          onAgainst={(to) => {
            setAskedAt(version);
            setAgainst(to);
          }}
        />
        {tree !== null && <TreeLegend tree={tree} />}
      </div>
      {error !== null && (
        <p class="error" role="alert">
          The tree of version {version} could not be loaded: {error}
        </p>
      )}
      {path !== null && (
        <PathNote
          path={path}
          version={version}
          champion={champion}
          isFrozen={isFrozen}
          onShow={onShow}
          onFollow={() => dismiss(path)}
        />
      )}
      {other !== null && (
        <ChangesNote
          other={other}
          isCompared={isCompared}
          changes={changes}
          error={compared.error}
          isAsked={askedAt === version}
        />
      )}
      {tree === null && error === null && <p class="quiet">Loading the tree of version {version} …</p>}
      {tree !== null && (
        <TreeDrawing
          tree={tree}
          name={`version ${drawn}`}
          changes={changes}
          path={path !== null && path.version === drawn ? path.nodes : NO_PATH}
        />
      )}
    </Section>
  );
}

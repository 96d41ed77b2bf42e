import { useMemo, useState } from 'preact/hooks';
import type { VersionSummary } from '../../../shared/api/events';
import { depth, leafCount } from '../../../shared/tree/tree';
import type { LitPath } from '../try-it/prediction';
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
  readonly path: LitPath | null;
  onShow(version: number): void;
}

const NO_PATH: readonly number[] = [];

/** The tree of any version, what changed in it, and the way that a row takes through it. */
export function TreeSection({ model, shown, versions, champion, path, onShow }: TreeSectionProps) {
  const [against, setAgainst] = useState<Against>('nothing');
  // The version for which a person asked what changed: that is read out, the same of every later champion is not.
  const [askedAt, setAskedAt] = useState<number | null>(null);
  // A champion that moves every second would take the path of a row away before it was looked at.
  const [goneBy, letGo] = useState<LitPath | null>(null);
  const isFollowing = shown === null || shown === champion;
  const isHeld = isFollowing && path !== null && path !== goneBy && path.version !== champion;
  const version = isHeld ? path.version : (shown ?? champion);
  const before = versions.findLast((other) => version !== null && other.version < version)?.version ?? null;
  const other = { nothing: null, before, champion: champion === version ? null : champion }[against];
  const { tree, version: drawn, fault } = useTree(model, version);
  const compared = useTree(model, other);
  const isCompared =
    tree !== null && compared.tree !== null && compared.version === other && drawn === version;
  const changes = useMemo(
    () => (isCompared ? changesBetween(compared.tree!, tree) : null),
    [isCompared, compared.tree, tree],
  );
  if (version === null)
    return (
      <Section title="The tree" id="tree">
        <p class="quiet">No version has been trained yet. Its tree is drawn here as soon as there is one.</p>
      </Section>
    );
  const note =
    tree === null ? undefined : `${counted(leafCount(tree), 'leaf', 'leaves')}, depth ${depth(tree)}`;
  return (
    <Section title={`The tree of version ${version}`} id="tree" note={note}>
      <div class="tree-head">
        <TreeToolbar
          versions={versions}
          shown={version}
          champion={champion}
          before={before}
          against={against}
          onShow={(to) => {
            setAskedAt(to);
            letGo(path);
            onShow(to);
          }}
          onAgainst={(to) => {
            setAskedAt(version);
            setAgainst(to);
          }}
        />
        {tree !== null && <TreeLegend tree={tree} />}
      </div>
      {fault !== null && (
        <p class="fault" role="alert">
          The tree of version {version} is not here: {fault}
        </p>
      )}
      {path !== null && (
        <PathNote
          path={path}
          version={version}
          champion={champion}
          isHeld={isHeld}
          onShow={onShow}
          onFollow={() => letGo(path)}
        />
      )}
      {other !== null && (
        <ChangesNote
          other={other}
          isCompared={isCompared}
          changes={changes}
          fault={compared.fault}
          isAsked={askedAt === version}
        />
      )}
      {tree === null && fault === null && <p class="quiet">Loading the tree of version {version} …</p>}
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

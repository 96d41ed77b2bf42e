import { useEffect, useRef, useState } from 'preact/hooks';
import type { Tree } from '../../../shared/tree/tree';
import { carriedOver, openedAtFirst, toggled } from './opened-nodes';
import { TreeCache } from './tree-cache';

const cache = new TreeCache((path, options) => fetch(path, options));

export interface TreeLoad {
  readonly version: number | null;
  readonly tree: Tree | null;
  /** A sentence; null while all is well. */
  readonly fault: string | null;
}

const NOTHING: TreeLoad = { version: null, tree: null, fault: null };

/**
 * The tree of a version. While another one loads, the one before stays, so that the picture does not flicker with every
 * refit; `version` says which one it is.
 */
export function useTree(model: string, version: number | null): TreeLoad {
  const [load, setLoad] = useState<TreeLoad>(NOTHING);
  useEffect(() => {
    if (version === null) {
      setLoad(NOTHING);
      return;
    }
    const leaving = new AbortController();
    cache.load(model, version, leaving.signal).then(
      (tree) => {
        if (!leaving.signal.aborted) setLoad({ version, tree, fault: null });
      },
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        const fault = error instanceof Error ? error.message : String(error);
        setLoad({ version, tree: null, fault });
      },
    );
    return () => leaving.abort();
  }, [model, version]);
  return load;
}

interface Kept {
  readonly tree: Tree;
  readonly opened: ReadonlySet<number>;
  /** Whether a person opened or closed a node. */
  readonly isChosen: boolean;
}

/** Which nodes are open, also across trees that replace each other. */
export function useOpened(tree: Tree) {
  const kept = useRef<Kept | null>(null);
  const [, redraw] = useState(0);
  const old = kept.current;
  if (old === null || !old.isChosen) {
    if (old?.tree !== tree) kept.current = { tree, opened: openedAtFirst(tree), isChosen: false };
  } else if (old.tree !== tree) {
    kept.current = { tree, opened: carriedOver(old.tree, old.opened, tree), isChosen: true };
  }
  const choose = (opened: ReadonlySet<number>) => {
    kept.current = { tree, opened, isChosen: true };
    redraw((count) => count + 1);
  };
  const { opened } = kept.current!;
  return {
    opened,
    toggle: (node: number) => choose(toggled(tree, opened, node)),
    openAll(nodes: readonly number[]): void {
      if (nodes.some((node) => !opened.has(node))) choose(new Set([...opened, ...nodes]));
    },
  };
}

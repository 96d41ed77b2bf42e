import { useEffect, useRef, useState } from 'preact/hooks';
import type { Tree } from '../../../shared/tree/tree';
import { carriedOver, openedAtFirst, toggled } from './opened-nodes';
import { TreeCache } from './tree-cache';

const cache = new TreeCache((path, options) => fetch(path, options));

export interface TreeLoad {
  readonly version: number | null;
  readonly tree: Tree | null;
  /** Why the tree could not be loaded, one sentence; null when it was. */
  readonly error: string | null;
}

const NOTHING: TreeLoad = { version: null, tree: null, error: null };

/**
 * The tree of a version. While a tree loads, the previous one stays, so that the drawing does not flicker with every
 * refit; `version` names the version of the returned tree.
 */
export function useTree(model: string, version: number | null): TreeLoad {
  const [load, setLoad] = useState<TreeLoad>(NOTHING);
  useEffect(() => {
    if (version === null) {
      setLoad(NOTHING);
      return;
    }
    const unmounted = new AbortController();
    cache.load(model, version, unmounted.signal).then(
      (tree) => {
        if (!unmounted.signal.aborted) setLoad({ version, tree, error: null });
      },
      (error: unknown) => {
        if (unmounted.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        setLoad({ version, tree: null, error: message });
      },
    );
    return () => unmounted.abort();
  }, [model, version]);
  return load;
}

interface OpenedNodes {
  readonly tree: Tree;
  readonly opened: ReadonlySet<number>;
  /** Whether a person has opened or closed a node. */
  readonly isChosen: boolean;
}

/** The open nodes of the drawn tree; they carry over when another tree replaces it. */
export function useOpened(tree: Tree) {
  const state = useRef<OpenedNodes | null>(null);
  const [, redraw] = useState(0);
  const old = state.current;
  if (old === null || !old.isChosen) {
    if (old?.tree !== tree) state.current = { tree, opened: openedAtFirst(tree), isChosen: false };
  } else if (old.tree !== tree) {
    state.current = { tree, opened: carriedOver(old.tree, old.opened, tree), isChosen: true };
  }
  const choose = (opened: ReadonlySet<number>) => {
    state.current = { tree, opened, isChosen: true };
    redraw((count) => count + 1);
  };
  const { opened } = state.current!;
  return {
    opened,
    toggle: (node: number) => choose(toggled(tree, opened, node)),
    openAll(nodes: readonly number[]): void {
      if (nodes.some((node) => !opened.has(node))) choose(new Set([...opened, ...nodes]));
    },
  };
}

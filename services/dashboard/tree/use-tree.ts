import { useEffect, useState } from 'preact/hooks';
import type { Tree } from '../../../shared/tree/tree';
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

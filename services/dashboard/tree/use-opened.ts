import { useRef, useState } from 'preact/hooks';
import type { Tree } from '../../../shared/tree/tree';
import { carriedOver, openedAtFirst, toggled } from './opened-nodes';

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

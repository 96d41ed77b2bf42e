import type { PlacedNode } from './tree-layout';

/** The effect of a key, following the tree view pattern of ARIA; null for a key without an effect. */
export type TreeMove = { readonly kind: 'focus' | 'toggle'; readonly node: number } | null;

/** `nodes` in reading order, as in a `TreeLayout`. */
export function moveOf(key: string, nodes: readonly PlacedNode[], focused: number): TreeMove {
  const at = nodes.findIndex(({ node }) => node === focused);
  const here = nodes[at];
  if (here === undefined) return null;
  const focus = (to: PlacedNode | undefined): TreeMove =>
    to === undefined ? null : { kind: 'focus', node: to.node };
  const toggle: TreeMove = here.isLeaf ? null : { kind: 'toggle', node: focused };
  switch (key) {
    case 'ArrowDown':
      return focus(nodes[at + 1]);
    case 'ArrowUp':
      return focus(nodes[at - 1]);
    case 'Home':
      return focus(nodes[0]);
    case 'End':
      return focus(nodes.at(-1));
    case 'ArrowRight':
      return here.isOpen ? focus(nodes[at + 1]) : toggle;
    case 'ArrowLeft':
      return here.isOpen ? toggle : focus(nodes.find(({ node }) => node === here.parent));
    case 'Enter':
    case ' ':
      return toggle;
    default:
      return null;
  }
}

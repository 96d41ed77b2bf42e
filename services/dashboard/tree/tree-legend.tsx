import type { Tree } from '../../../shared/tree/tree';
import { classColour } from '../controls/class-colour';
import { rowsAt } from './read-tree';

/** The classes, with their colours and how many fitted rows each has. */
export function TreeLegend({ tree }: { readonly tree: Tree }) {
  const rows = rowsAt(tree, 0);
  return (
    <ul class="tree-legend figures" aria-label="classes, with the rows that the tree was fitted on">
      {tree.classNames.map((name, k) => (
        <li key={name}>
          <span class={`swatch ${classColour(k)}`} aria-hidden="true" /> {name}{' '}
          <small>{rows[k]!.toLocaleString('en')}</small>
        </li>
      ))}
    </ul>
  );
}

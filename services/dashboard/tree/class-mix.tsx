import type { Tree } from '../../../shared/tree/tree';
import { classColour } from '../controls/class-colour';
import { rowsAt } from './read-tree';

interface ClassMixProps {
  readonly tree: Tree;
  readonly node: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The classes' shares of a node's rows as one bar. */
export function ClassMix({ tree, node, x, y, width, height }: ClassMixProps) {
  const rows = rowsAt(tree, node);
  const total = rows.reduce((sum, count) => sum + count, 0);
  let before = 0;
  const parts = Array.from(rows, (count, k) => {
    const from = x + (width * before) / total;
    before += count;
    return { k, from, width: (width * count) / total };
  });
  return (
    <g class="class-mix">
      {parts
        .filter((part) => part.width > 0)
        .map(({ k, from, width: share }) => (
          <rect key={k} class={classColour(k)} x={from} y={y} width={share} height={height} />
        ))}
    </g>
  );
}

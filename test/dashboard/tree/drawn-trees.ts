import { readTree } from '../../../services/dashboard/tree/read-tree';
import type { Tree } from '../../../shared/tree/tree';

/** A split with its children, or a leaf with its rows of oak and ash. */
export type Drawn =
  | { readonly cut: number; readonly feature?: number; readonly left: Drawn; readonly right: Drawn }
  | readonly [oak: number, ash: number];

export const CLASSES = ['oak', 'ash'];
export const FEATURES = ['height', 'width'];

/** A tree drawn by hand, passed through `readTree`; nodes are numbered left before right. */
export function drawnTree(root: Drawn): Tree {
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const classCounts: [number, number][] = [];
  const add = (drawn: Drawn): number => {
    const node = feature.length;
    const isSplit = 'cut' in drawn;
    feature.push(isSplit ? (drawn.feature ?? 0) : -1);
    threshold.push(isSplit ? drawn.cut : 0);
    left.push(-1);
    right.push(-1);
    classCounts.push(isSplit ? [0, 0] : [drawn[0], drawn[1]]);
    if (isSplit) {
      left[node] = add(drawn.left);
      right[node] = add(drawn.right);
      const [l, r] = [classCounts[left[node]!]!, classCounts[right[node]!]!];
      classCounts[node] = [l[0] + r[0], l[1] + r[1]];
    }
    return node;
  };
  add(root);
  return readTree({
    format: 'alder-tree/1',
    features: FEATURES,
    classes: CLASSES,
    feature,
    threshold,
    left,
    right,
    classCounts,
  });
}

/** A tree with all its 2 ** depth leaves at the same depth. */
export function fullTree(depth: number): Drawn {
  return depth === 0 ? [1, 0] : { cut: depth, left: fullTree(depth - 1), right: fullTree(depth - 1) };
}

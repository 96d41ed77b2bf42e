import type { Tree } from '../../tree/tree';
import { TreeBuilder } from '../../tree/tree-builder';
import type { TrainingSet } from '../training-set';

/** A node of a tree that grows in any order; a leaf until it is given a split. */
export interface GrownNode {
  /** Rows of each class, shape [classes]. */
  readonly counts: Float64Array;
  split: {
    readonly feature: number;
    readonly threshold: number;
    readonly left: GrownNode;
    readonly right: GrownNode;
  } | null;
}

export function grownLeaf(counts: Float64Array): GrownNode {
  return { counts, split: null };
}

/** The same nodes as every engine gives them, a left child right after its parent. */
export function treeInPreorder(root: GrownNode, { featureNames, classNames }: TrainingSet): Tree {
  const builder = new TreeBuilder(featureNames, classNames);
  const pending: { readonly grown: GrownNode; readonly parent: number }[] = [{ grown: root, parent: -1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { counts, split } = next.grown;
    const node = builder.addLeaf(next.parent, counts);
    if (split === null) continue;
    builder.split(node, split.feature, split.threshold);
    pending.push({ grown: split.right, parent: node });
    pending.push({ grown: split.left, parent: node });
  }
  return builder.finish();
}

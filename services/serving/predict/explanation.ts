import { isLeaf, type Tree } from '../../../shared/tree/tree';

/** Explanations are long, so fewer rows may ask for one than for a prediction alone. */
export const EXPLAINED_ROWS_MAX = 100;

/**
 * The decision path of one row as JSON text, from the root to its leaf: at each node the feature, the threshold, the
 * row's value and the side that it took (`value <= threshold` goes left), and the fitted rows of each class there.
 */
export function explanationText(
  tree: Tree,
  keys: readonly string[],
  features: Float64Array,
  at: number,
): string {
  const steps: string[] = [];
  for (let node = 0; ; ) {
    const rows = rowsText(tree, keys, node);
    if (isLeaf(tree, node)) {
      steps.push(`{"node":${node},"rows":${rows}}`);
      return `[${steps.join(',')}]`;
    }
    const f = tree.feature[node]!;
    const value = features[at + f]!;
    const threshold = tree.threshold[node]!;
    const side = value <= threshold ? 'left' : 'right';
    steps.push(
      `{"node":${node},"feature":${JSON.stringify(tree.featureNames[f])},"threshold":${threshold},"value":${value},"side":"${side}","rows":${rows}}`,
    );
    node = tree[side][node]!;
  }
}

/** Text by text and not through an object, which would put class names such as "10" and "2" in another order. */
function rowsText({ classCounts }: Tree, keys: readonly string[], node: number): string {
  const from = node * keys.length;
  return `{${keys.map((key, k) => `${key}${classCounts[from + k]}`).join(',')}}`;
}

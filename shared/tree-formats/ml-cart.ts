import { nextUp } from '../tree/next-double';
import { depth, isLeaf, type Tree } from '../tree/tree';
import { refuseTooDeep, sharesAt } from './tree-measures';

/**
 * The JSON that `DecisionTreeClassifier.load` of the npm package ml-cart reads. The package predicts class indices, and
 * a tie goes to the lower index, as here. It ignores the names of features and classes, which the JSON also holds.
 *
 * The package's rule is `x < splitValue`, ours `x <= threshold`. No double lies between a threshold and the next double
 * above it, so that double as `splitValue` separates the same rows. Throws `export-format` for a tree that is too deep.
 */
export function encodeMlCart(tree: Tree): string {
  refuseTooDeep(tree, 'ml-cart');
  const options = {
    gainFunction: 'gini',
    splitFunction: 'mean',
    minNumSamples: 1,
    maxDepth: depth(tree),
    gainThreshold: 0,
    kind: 'classifier',
  };
  const head = JSON.stringify({
    name: 'DTClassifier',
    features: tree.featureNames,
    classes: tree.classNames,
    options,
  });
  return `${head.slice(0, -1)},"root":${rootOf(tree)}}`;
}

/** Writes nested objects with a stack of pending nodes and of the text between them. */
function rootOf(tree: Tree): string {
  const parts: string[] = [];
  const pending: (number | string)[] = [0];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === 'string') {
      parts.push(next);
    } else if (isLeaf(tree, next)) {
      parts.push(`{"distribution":[${JSON.stringify(sharesAt(tree, next))}]}`);
    } else {
      parts.push(
        `{"splitColumn":${tree.feature[next]},"splitValue":${numberText(nextUp(tree.threshold[next]!))},"left":`,
      );
      pending.push('}', tree.right[next]!, ',"right":', tree.left[next]!);
    }
  }
  return parts.join('');
}

/** JSON cannot write infinity, the next number above the largest double; JSON.parse reads 1e999 as infinity. */
function numberText(value: number): string {
  return value === Number.POSITIVE_INFINITY ? '1e999' : String(value);
}

import { nextUp } from '../tree/next-double';
import { depth, isLeaf, type Tree } from '../tree/tree';
import { refuseTooDeep } from './nesting';
import { sharesAt } from './node-rows';

/**
 * The JSON that `DecisionTreeClassifier.load` of the npm package ml-cart takes, with the names of features and classes
 * beside it, which the package does not look at: it predicts class indices. A tie goes to the lower one, there too.
 *
 * Its rule is `x < splitValue`, ours `x <= threshold`: no double lies between a threshold and the next one above it, so
 * that one separates the same rows. Throws `export-format` for a tree that is too deep to be nested.
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

/** Nested objects, written with a stack of what is still to come: nodes, and the text between them. */
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

/** Above the largest double comes infinity, which JSON has no word for; a number too large for a double reads as it. */
function numberText(value: number): string {
  return value === Number.POSITIVE_INFINITY ? '1e999' : String(value);
}

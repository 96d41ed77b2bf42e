import { type CartNode, DecisionTreeClassifier } from 'ml-cart';
import { invariant } from '../../errors';
import { nextDown } from '../../tree/next-double';
import type { Tree } from '../../tree/tree';
import { TreeBuilder } from '../../tree/tree-builder';
import type { Engine } from '../engine';
import type { FitLimits, TrainingSet } from '../training-set';

/**
 * The npm package ml-cart as an engine. The package considers only boundaries where the class changes, so it misses splits
 * among tied values, and its tree then depends on the order of rows. It makes a leaf of a child whose gain equals its
 * parent's, and of a node where no single split gains (exclusive or). Its time is quadratic in the rows: 3,000 rows of 4
 * features take more than a second.
 */
export const mlCartEngine: Engine = {
  name: 'ml-cart',
  behaviour: 1,
  windowRowsMax: 3_000,
  // The package's minNumSamples bounds the rows of the node that is split, not the rows of the leaves.
  minLeafRowsMax: 1,
  // Its time is quadratic in the rows.
  callingThreadValuesMax: 0,
  canShareFit: false,
  fit: fitMlCart,
};

function fitMlCart(rows: TrainingSet, limits: FitLimits): Tree {
  invariant(rows.rowCount > 0, 'a tree is fitted on at least one row');
  invariant(limits.minLeafRows === 1, 'ml-cart has no minimum of rows for a leaf');
  const classifier = new DecisionTreeClassifier({
    gainFunction: 'gini',
    splitFunction: 'mean',
    // The package does not split nodes of at most minNumSamples rows; 1 lets it split as far as it can.
    minNumSamples: 1,
    // A gain must be above this. A threshold below 0 would not help: where no split gains, the first boundary that the
    // package finds lies among rows of one value and divides nothing.
    gainThreshold: 0,
    // The package's default is infinite, which JSON turns into null.
    maxDepth: limits.maxDepth,
  });
  classifier.train(rowArrays(rows), compactLabels(rows));
  return recountClasses(treeOf(classifier.root, rows), rows);
}

/** The features row by row, since the package takes no columns. */
function rowArrays(rows: TrainingSet): number[][] {
  return Array.from({ length: rows.rowCount }, (_, row) => rows.columns.map((column) => column[row]!));
}

/**
 * Classes renumbered 0 to K − 1 over those that are present, in their order. The package makes arrays as long as the
 * largest label, so gaps cost time, and labels must not be text.
 */
function compactLabels(rows: TrainingSet): number[] {
  const present = [...new Set(rows.classes)].sort((a, b) => a - b);
  const labels = new Map(present.map((k, label) => [k, label]));
  return Array.from(rows.classes, (k) => labels.get(k)!);
}

/** The same nodes in preorder, without class counts. */
function treeOf(root: CartNode, rows: TrainingSet): Tree {
  const builder = new TreeBuilder(rows.featureNames, rows.classNames);
  const uncounted = new Float64Array(rows.classNames.length);
  const pending: { readonly from: CartNode; readonly parent: number }[] = [{ from: root, parent: -1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { left, right, splitColumn, splitValue } = next.from;
    const node = builder.addLeaf(next.parent, uncounted);
    if (left === undefined || right === undefined) continue;
    // The package's rule is `x < splitValue`, ours `value <= threshold`: the next lower double separates the same rows.
    builder.split(node, splitColumn!, nextDown(splitValue!));
    pending.push({ from: right, parent: node });
    pending.push({ from: left, parent: node });
  }
  return builder.finish();
}

/** The tree with the class counts that result when every row of the set goes through it. */
export function recountClasses(tree: Tree, rows: TrainingSet): Tree {
  const { feature, threshold, left, right } = tree;
  const classes = tree.classNames.length;
  const classCounts = new Uint32Array(feature.length * classes);
  for (let row = 0; row < rows.rowCount; row++) {
    const k = rows.classes[row]!;
    let node = 0;
    classCounts[k]!++;
    for (let f = feature[0]!; f >= 0; f = feature[node]!) {
      node = rows.columns[f]![row]! <= threshold[node]! ? left[node]! : right[node]!;
      classCounts[node * classes + k]!++;
    }
  }
  return { ...tree, classCounts };
}

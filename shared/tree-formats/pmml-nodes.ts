import { isLeaf, majorityClass, nodeCount, type Tree } from '../tree/tree';
import { classesAt, rowsAt } from './node-rows';
import { type Element, element } from './xml-element';

/** The tree's nodes as PMML nests them: each with the test that leads to it, its class, and its children or its rows. */
export function nodesOf(tree: Tree): Element {
  const tests = testsOf(tree);
  const made: Element[] = new Array(nodeCount(tree));
  // Children come after their parents, so walking backwards finds them made.
  for (let node = nodeCount(tree) - 1; node >= 0; node--) {
    const attributes = {
      id: node,
      score: tree.classNames[majorityClass(tree, node)]!,
      recordCount: rowsAt(tree, node),
    };
    const below = isLeaf(tree, node)
      ? sharesOf(tree, node)
      : [made[tree.left[node]!]!, made[tree.right[node]!]!];
    made[node] = element('Node', attributes, [tests[node]!, ...below]);
  }
  return made[0]!;
}

/** What has to hold of a row for it to go from a node's parent to the node; shape [nodes]. */
function testsOf(tree: Tree): Element[] {
  const tests: Element[] = new Array(nodeCount(tree));
  tests[0] = element('True');
  for (let node = 0; node < nodeCount(tree); node++) {
    if (isLeaf(tree, node)) continue;
    const field = tree.featureNames[tree.feature[node]!]!;
    const value = tree.threshold[node]!;
    tests[tree.left[node]!] = element('SimplePredicate', { field, operator: 'lessOrEqual', value });
    tests[tree.right[node]!] = element('SimplePredicate', { field, operator: 'greaterThan', value });
  }
  return tests;
}

/** The classes that have rows at a leaf; the others' probability is 0. */
function sharesOf(tree: Tree, node: number): Element[] {
  return classesAt(tree, node).map(([k, rows]) =>
    element('ScoreDistribution', { value: tree.classNames[k]!, recordCount: rows }),
  );
}

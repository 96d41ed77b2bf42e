import { AlderError } from '../errors';
import { atOnce } from './steps';
import { nodeCount, type Tree } from './tree';

/** Checking them takes less than 0.1 ms. */
const STEP_NODES = 1_024;

/**
 * Checks every invariant that tree.ts states, and that each node has at least one row, since a leaf without rows has no
 * probabilities. Throws `tree-invalid` naming the node and its fault. Uses one pass and no recursion.
 */
export function checkTree(tree: Tree): void {
  atOnce(checkTreeInSteps(tree));
}

/** `checkTree` in steps (steps.ts) of `STEP_NODES`. */
export function* checkTreeInSteps(tree: Tree): Generator<void, void> {
  const nodes = nodeCount(tree);
  const parents = new Uint8Array(nodes);
  for (let node = 0; node < nodes; node++) {
    if (tree.feature[node]! < 0) checkLeaf(tree, node);
    else checkInner(tree, node, parents);
    checkCounts(tree, node);
    if (node % STEP_NODES === STEP_NODES - 1) yield;
  }
  for (let node = 1; node < nodes; node++) {
    if (parents[node] === 0) refuse(node, 'no node has it as a child');
  }
}

function checkLeaf(tree: Tree, node: number): void {
  if (tree.feature[node] !== -1) refuse(node, `feature is ${tree.feature[node]}, neither a feature nor -1`);
  if (tree.left[node] !== -1 || tree.right[node] !== -1) refuse(node, 'it is a leaf with a child');
  if (tree.threshold[node] !== 0)
    refuse(node, `it is a leaf with the threshold ${tree.threshold[node]}, not 0`);
}

function checkInner(tree: Tree, node: number, parents: Uint8Array): void {
  const feature = tree.feature[node]!;
  if (feature >= tree.featureNames.length) {
    refuse(node, `feature ${feature} is not among the ${tree.featureNames.length} features`);
  }
  if (!Number.isFinite(tree.threshold[node])) refuse(node, 'its threshold is not finite');
  checkChild(tree, node, tree.left[node]!, parents);
  checkChild(tree, node, tree.right[node]!, parents);
}

function checkChild(tree: Tree, node: number, child: number, parents: Uint8Array): void {
  if (child >= nodeCount(tree)) refuse(node, `child ${child} is past the last node`);
  // A walk ends because indices rise along it.
  if (child <= node) refuse(node, `child ${child} does not come after it`);
  if (parents[child] !== 0) refuse(child, 'it is a child twice');
  parents[child] = 1;
}

function checkCounts(tree: Tree, node: number): void {
  const { classCounts, left, right } = tree;
  const classes = tree.classNames.length;
  let rows = 0;
  for (let k = 0; k < classes; k++) {
    const count = classCounts[node * classes + k]!;
    rows += count;
    if (tree.feature[node]! < 0) continue;
    const below = classCounts[left[node]! * classes + k]! + classCounts[right[node]! * classes + k]!;
    if (count !== below) refuse(node, `it has ${count} rows of class ${k}, its children have ${below}`);
  }
  if (rows === 0) refuse(node, 'it holds no row');
}

function refuse(node: number, fault: string): never {
  throw new AlderError('tree-invalid', `the tree's node ${node}: ${fault}`);
}

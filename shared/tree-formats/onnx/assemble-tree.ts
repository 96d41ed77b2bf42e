import { nextDown } from '../../tree/next-double';
import type { Tree } from '../../tree/tree';
import { refuseImport } from './attributes';
import type { Ensemble } from './classifier';

const UINT32_MAX = 2 ** 32 - 1;

export interface ImportNames {
  readonly featureNames: readonly string[];
  readonly classNames: readonly string[];
}

/**
 * Makes a tree of the file's nodes, in preorder. If the model compares float32, thresholds are widened, so that every
 * double goes where its float32 goes. `leaves` holds the rows of each class by the file's node number; an inner node
 * gets the sum of its children. Throws `import-invalid` if the nodes are not one tree or hold too many rows.
 */
export function assembleTree(
  ensemble: Ensemble,
  leaves: ReadonlyMap<number, Uint32Array>,
  isFloat32: boolean,
  names: ImportNames,
): Tree {
  const { order, parents } = walk(ensemble, childPlaces(ensemble));
  const nodes = order.length;
  const classes = names.classNames.length;
  const tree = {
    ...names,
    feature: new Int32Array(nodes).fill(-1),
    threshold: new Float64Array(nodes),
    left: new Int32Array(nodes).fill(-1),
    right: new Int32Array(nodes).fill(-1),
    classCounts: new Uint32Array(nodes * classes),
  };
  const rows = new Float64Array(nodes);
  // Children come after their parents, so a walk backwards completes a node's counts before its parent needs them.
  for (let node = nodes - 1; node >= 0; node--) {
    const place = order[node]!;
    if (ensemble.isLeaf[place]) {
      const counts = leaves.get(ensemble.nodeIds[place]!)!;
      tree.classCounts.set(counts, node * classes);
      rows[node] = counts.reduce((sum, count) => sum + count, 0);
    } else {
      const feature = ensemble.features[place]!;
      if (feature >= names.featureNames.length) refuseImport(`it splits on the feature ${feature}`);
      const threshold = ensemble.thresholds[place]!;
      tree.feature[node] = feature;
      // Adding 0 turns −0, which canonical JSON cannot hold, into 0.
      tree.threshold[node] = (isFloat32 ? widenThreshold(threshold) : threshold) + 0;
    }
    if (rows[node]! > UINT32_MAX) refuseImport(`its leaves take ${rows[node]} rows to give their shares`);
    if (node === 0) break;
    const parent = parents[node]!;
    // In preorder a left child comes right after its parent.
    (node === parent + 1 ? tree.left : tree.right)[parent] = node;
    rows[parent]! += rows[node]!;
    for (let k = 0; k < classes; k++)
      tree.classCounts[parent * classes + k]! += tree.classCounts[node * classes + k]!;
  }
  return tree;
}

/** The places in the file of every node's left and right child, −1 at leaves; shape [2 × nodes]. */
function childPlaces({ nodeIds, isLeaf, trueIds, falseIds }: Ensemble): Int32Array {
  const placeOf = new Map(nodeIds.map((id, place) => [id, place]));
  if (placeOf.size < nodeIds.length) refuseImport('two of its nodes have one number');
  const children = new Int32Array(2 * nodeIds.length).fill(-1);
  for (let place = 0; place < nodeIds.length; place++) {
    if (isLeaf[place]) continue;
    for (const [side, id] of [trueIds[place]!, falseIds[place]!].entries()) {
      const child = placeOf.get(id);
      if (child === undefined)
        refuseImport(`its node ${nodeIds[place]} has the child ${id}, which is no node`);
      children[2 * place + side] = child;
    }
  }
  return children;
}

/** The nodes' places in the file in preorder, and the preorder index of each node's parent. */
function walk({ nodeIds, isLeaf }: Ensemble, children: Int32Array): { order: number[]; parents: number[] } {
  const hasParent = new Uint8Array(nodeIds.length);
  for (const child of children) {
    if (child < 0) continue;
    if (hasParent[child] !== 0) refuseImport(`its node ${nodeIds[child]} is a child twice`);
    hasParent[child] = 1;
  }
  const order: number[] = [];
  const parents: number[] = [];
  const pending = [{ place: hasParent.indexOf(0), parent: -1 }];
  for (let next = pending.pop(); next !== undefined && next.place >= 0; next = pending.pop()) {
    const { place, parent } = next;
    const node = order.push(place) - 1;
    parents.push(parent);
    if (isLeaf[place]) continue;
    pending.push({ place: children[2 * place + 1]!, parent: node });
    pending.push({ place: children[2 * place]!, parent: node });
  }
  if (order.length < nodeIds.length) refuseImport('its nodes are not one tree');
  return { order, parents };
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The smallest float32 above a finite one; ∞ above the largest. */
function nextFloat32(value: number): number {
  float[0] = value;
  if (value === 0) bits[0] = 1;
  // The magnitudes of IEEE 754 floats have the same order as their bits.
  else bits[0]! += value > 0 ? 1 : -1;
  return float[0]!;
}

/** For rounding, the number above the largest float32 is 2^128, as if the exponent had no limit (IEEE 754, 4.3.1). */
const BEYOND = 2 ** 128;

/**
 * The threshold for doubles that is equivalent to a finite float32 threshold: for every double x, `x <= widened` exactly
 * when `Math.fround(x) <= threshold`.
 *
 * It is the largest double that rounds to at most `threshold`. That is the midpoint to the next float32 if a tie, which
 * goes to the even neighbour, goes down; otherwise it is the double below the midpoint. The midpoint is exact, since a
 * float32 has 29 bits less than a double.
 */
export function widenThreshold(threshold: number): number {
  const next = nextFloat32(threshold);
  const middle = (threshold + (next === Number.POSITIVE_INFINITY ? BEYOND : next)) / 2;
  return Math.fround(middle) <= threshold ? middle : nextDown(middle);
}

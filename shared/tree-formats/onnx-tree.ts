import type { Tree } from '../tree/tree';
import { widenThreshold } from './float32-threshold';
import { refuseImport } from './import-refusal';
import type { Ensemble } from './onnx-ensemble';

const UINT32_MAX = 2 ** 32 - 1;

export interface ImportNames {
  readonly featureNames: readonly string[];
  readonly classNames: readonly string[];
}

/**
 * The file's nodes as a tree, in preorder. Thresholds of a model that compares float32 are widened, so that every
 * double goes where its float32 went. `leaves` are the rows of each class by the file's number of the node; an inner
 * node has the sum of its children's. Throws `import-invalid` where the nodes are no tree, or hold too many rows.
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
  // Children come after their parents: backwards, all counts of a node are there when it adds them to its parent's.
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
      // Adding 0 turns −0, which canonical text does not know, into 0.
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

/** Places of the left and the right child of every node in the file's order, −1 at leaves; shape [2 × nodes]. */
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

/** Places in the file in preorder, and the index there of each node's parent. Every node has to be reached once. */
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

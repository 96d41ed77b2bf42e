import type { Tree } from '../../../shared/tree/tree';

interface TreeFields {
  readonly format: string;
  readonly features: readonly string[];
  readonly classes: readonly string[];
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly classCounts: readonly (readonly number[])[];
}

/**
 * The server's tree (alder-tree/1) as typed arrays; the server has checked it. Throws for another format, which an open
 * page may receive after the server was updated.
 */
export function readTree(document: unknown): Tree {
  const fields = document as TreeFields;
  if (fields.format !== 'alder-tree/1')
    throw new Error(`this page cannot draw trees of format ${fields.format}`);
  return {
    featureNames: fields.features,
    classNames: fields.classes,
    feature: Int32Array.from(fields.feature),
    threshold: Float64Array.from(fields.threshold),
    left: Int32Array.from(fields.left),
    right: Int32Array.from(fields.right),
    classCounts: Uint32Array.from(fields.classCounts.flat()),
  };
}

/** Leaves at or below each node, shape [nodes]. */
export function leavesBelow({ feature, left, right }: Tree): Uint32Array {
  const leaves = new Uint32Array(feature.length);
  // Children have greater numbers than their parent, so going backwards counts each child before its parent.
  for (let node = feature.length - 1; node >= 0; node--)
    leaves[node] = feature[node]! < 0 ? 1 : leaves[left[node]!]! + leaves[right[node]!]!;
  return leaves;
}

/** The parent of each node, −1 for the root; shape [nodes]. */
export function parentsOf({ feature, left, right }: Tree): Int32Array {
  const parents = new Int32Array(feature.length).fill(-1);
  for (let node = 0; node < feature.length; node++) {
    if (feature[node]! < 0) continue;
    parents[left[node]!] = node;
    parents[right[node]!] = node;
  }
  return parents;
}

/** Fitted rows of each class at a node, shape [classes]. */
export function rowsAt({ classNames, classCounts }: Tree, node: number): Uint32Array {
  return classCounts.subarray(node * classNames.length, (node + 1) * classNames.length);
}

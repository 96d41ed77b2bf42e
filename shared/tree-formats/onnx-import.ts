import { createHash } from 'node:crypto';
import type { Tree } from '../tree/tree';
import { checkTree } from '../tree/tree-check';
import { TREE_BYTES_MAX } from '../tree/tree-codec';
import { refuseImport } from './import-refusal';
import { readEnsemble } from './onnx-ensemble';
import { findClassifier } from './onnx-graph';
import { readLeaves } from './onnx-leaves';
import { decodeModel, type OnnxModel } from './onnx-model';
import { assembleTree, type ImportNames } from './onnx-tree';

/** As large as a tree may be that is stored. */
export const IMPORT_BYTES_MAX = TREE_BYTES_MAX;

export interface ImportedTree {
  readonly tree: Tree;
  /** Hex sha256 of the file. */
  readonly fileDigest: string;
  /** What the file says made it, each at most 80 characters; empty where it says nothing. */
  readonly producer: { readonly name: string; readonly version: string };
}

/**
 * Reads an ONNX file that skl2onnx made of one scikit-learn decision tree classifier. Features are the schema's, by
 * position; a class is the schema's by its label, a whole number as its decimal text. The tree predicts the class that
 * the file predicts, for every row of doubles, and its class counts give the file's shares again as `countsOfShares`
 * says.
 *
 * Throws `import-invalid`, naming what it found, for everything else that an ONNX file can hold: several trees, a
 * regressor, operators before the tree or that change its answers, tests other than `x <= threshold`, missing values,
 * other numbers of features, classes that the schema does not have.
 */
export function importOnnx(bytes: Uint8Array, schema: ImportNames): ImportedTree {
  if (bytes.length > IMPORT_BYTES_MAX) {
    refuseImport(`it has ${bytes.length} bytes, ${IMPORT_BYTES_MAX} are allowed`);
  }
  const model = decode(bytes);
  const { node, isFloat32, features } = findClassifier(model);
  const { featureNames, classNames } = schema;
  if (features !== featureNames.length) {
    refuseImport(`its rows have ${features} features, the schema has ${featureNames.length}`);
  }
  const ensemble = readEnsemble(node);
  refuseTooLarge(ensemble.nodeIds.length, classNames.length);
  const leaves = readLeaves(ensemble, classNames);
  const tree = assembleTree(ensemble, leaves, isFloat32, { featureNames, classNames });
  checkTree(tree);
  return {
    tree,
    fileDigest: createHash('sha256').update(bytes).digest('hex'),
    producer: { name: model.producerName.slice(0, 80), version: model.producerVersion.slice(0, 80) },
  };
}

/** What the tree's text takes at least (tree-codec.ts), looked at before arrays of its size are made. */
function refuseTooLarge(nodes: number, classes: number): void {
  const bytes = nodes * (10 + 2 * classes);
  if (bytes > TREE_BYTES_MAX) refuseImport(`its tree of ${nodes} nodes is larger than one may be stored`);
}

function decode(bytes: Uint8Array): OnnxModel {
  try {
    return decodeModel(bytes);
  } catch (cause) {
    return refuseImport('it is no protobuf message of the kind', cause);
  }
}

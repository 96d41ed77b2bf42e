import { createHash } from 'node:crypto';
import type { Tree } from '../../tree/tree';
import { checkTree } from '../../tree/tree-check';
import { TREE_BYTES_MAX } from '../../tree/tree-codec';
import { assembleTree, type ImportNames } from './assemble-tree';
import { refuseImport } from './attributes';
import { findClassifier, readEnsemble } from './classifier';
import { readLeaves } from './leaf-counts';
import { decodeModel, type OnnxModel } from './messages';

/** The same bound as for a stored tree. */
export const IMPORT_BYTES_MAX = TREE_BYTES_MAX;

export interface ImportedTree {
  readonly tree: Tree;
  /** Hex sha256 of the file. */
  readonly fileDigest: string;
  /** The program that made the file, by its own entry, each part at most 80 characters; '' where the file has no entry. */
  readonly producer: { readonly name: string; readonly version: string };
}

/**
 * Imports an ONNX file that skl2onnx made of one scikit-learn decision tree classifier. Features are matched to the
 * schema by position, classes by label, where a whole number is its decimal text. For every row of doubles the tree
 * predicts the class that the file predicts; its class counts reproduce the file's shares as `countsOfShares` says.
 *
 * Throws `import-invalid` naming its finding for any other content: several trees, a regressor, operators before the
 * tree or operators that change its outputs, tests other than `x <= threshold`, missing values, another number of
 * features, classes that are missing in the schema.
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

/** Checks a lower bound of the bytes of the tree's text (tree-codec.ts) before arrays of its size are allocated. */
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

import { refuseImport } from './import-refusal';
import { OnnxAttributes, told } from './onnx-attributes';
import type { OnnxNode } from './onnx-model';

/** The attributes of a TreeEnsembleClassifier with one tree, checked one by one but not against one another. */
export interface Ensemble {
  /** Shape [nodes], all of them. */
  readonly nodeIds: readonly number[];
  readonly features: readonly number[];
  readonly isLeaf: readonly boolean[];
  /** Of no meaning at a leaf. */
  readonly thresholds: readonly number[];
  readonly trueIds: readonly number[];
  readonly falseIds: readonly number[];
  /** What each leaf gives to a class: parallel, one entry a leaf and class. */
  readonly weights: readonly { readonly nodeId: number; readonly k: number; readonly weight: number }[];
  /** Shape [the file's classes]. */
  readonly labels: readonly string[];
}

const KNOWN = [
  'nodes_treeids',
  'nodes_nodeids',
  'nodes_featureids',
  'nodes_modes',
  'nodes_values',
  'nodes_values_as_tensor',
  'nodes_truenodeids',
  'nodes_falsenodeids',
  'nodes_missing_value_tracks_true',
  // How often a node was visited when somebody measured; it decides nothing.
  'nodes_hitrates',
  'nodes_hitrates_as_tensor',
  'class_treeids',
  'class_nodeids',
  'class_ids',
  'class_weights',
  'class_weights_as_tensor',
  'classlabels_strings',
  'classlabels_int64s',
  'post_transform',
];

/** Reads the operator's attributes (Operators-ml.md of github.com/onnx/onnx). Throws `import-invalid` by name. */
export function readEnsemble(node: OnnxNode): Ensemble {
  const attributes = new OnnxAttributes(node, KNOWN);
  const transform = attributes.readText('post_transform', 'NONE');
  if (transform !== 'NONE') refuseImport(`post_transform is ${told(transform)}`);
  const nodeIds = attributes.readIndices('nodes_nodeids');
  const nodes = nodeIds.length;
  if (nodes === 0) refuseImport('its tree has no node');
  const modes = attributes.readTexts('nodes_modes', nodes);
  const other = modes.find((mode) => mode !== 'LEAF' && mode !== 'BRANCH_LEQ');
  if (other !== undefined) refuseImport(`it has a node of the mode ${told(other)}`);
  const isLeaf = modes.map((mode) => mode === 'LEAF');
  const classNodeIds = attributes.readIndices('class_nodeids');
  const classIds = attributes.readIndices('class_ids', classNodeIds.length);
  const weights = attributes.readNumbers('class_weights', classNodeIds.length);
  refuseSeveralTrees([
    ...attributes.readIndices('nodes_treeids', nodes),
    ...attributes.readIndices('class_treeids', classNodeIds.length),
  ]);
  refuseMissingTracks(attributes, isLeaf);
  return {
    nodeIds,
    features: attributes.readIndices('nodes_featureids', nodes),
    isLeaf,
    thresholds: attributes.readNumbers('nodes_values', nodes),
    trueIds: attributes.readIndices('nodes_truenodeids', nodes),
    falseIds: attributes.readIndices('nodes_falsenodeids', nodes),
    weights: classNodeIds.map((nodeId, i) => ({ nodeId, k: classIds[i]!, weight: weights[i]! })),
    labels: readLabels(attributes),
  };
}

function refuseSeveralTrees(treeIds: readonly number[]): void {
  const trees = new Set(treeIds).size;
  if (trees > 1) refuseImport(`it has ${trees} trees`);
}

/** A row here has a number for every feature, so a tree that was taught about missing ones is refused. */
function refuseMissingTracks(attributes: OnnxAttributes, isLeaf: readonly boolean[]): void {
  const name = 'nodes_missing_value_tracks_true';
  if (!attributes.has(name)) return;
  const tracks = attributes.readIndices(name);
  // An empty list stands for none, by the operator's definition.
  if (tracks.length === 0) return;
  if (tracks.length !== isLeaf.length)
    refuseImport(`${name} has ${tracks.length} entries, not ${isLeaf.length}`);
  if (tracks.some((track, i) => track !== 0 && !isLeaf[i]))
    refuseImport('it sends missing values to the left');
}

function readLabels(attributes: OnnxAttributes): string[] {
  const labels = attributes.has('classlabels_strings') ? attributes.readTexts('classlabels_strings') : [];
  const numbers = attributes.has('classlabels_int64s')
    ? attributes.readIntegerTexts('classlabels_int64s')
    : [];
  if (labels.length > 0 && numbers.length > 0) refuseImport('its classes have two lists of labels');
  return labels.length > 0 ? labels : numbers;
}

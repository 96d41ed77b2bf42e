import { indexOf, OnnxAttributes, quoted, refuseImport } from './attributes';
import { ELEMENT, type OnnxGraph, type OnnxModel, type OnnxNode } from './messages';

interface ClassifierNode {
  readonly node: OnnxNode;
  /** Whether the model compares float32; otherwise it compares doubles. */
  readonly isFloat32: boolean;
  /** Columns of its input. */
  readonly features: number;
}

const CLASSIFIER = 'TreeEnsembleClassifier';
const ML_DOMAIN = 'ai.onnx.ml';
/** The names of the domain of the standard operators. */
const STANDARD_DOMAINS = ['', 'ai.onnx'];
/** A `Cast` to one of these types changes the notation of a label or share, but not its value. */
const HARMLESS_CASTS: readonly number[] = [ELEMENT.float, ELEMENT.double, ELEMENT.int64, ELEMENT.string];

/**
 * Finds the one tree classifier of a model. The classifier must read the model's input directly, and later operators may
 * only rename and repack its outputs. Throws `import-invalid` naming the operator or the input at fault.
 */
export function findClassifier(model: OnnxModel): ClassifierNode {
  const { graph } = model;
  if (graph === null) refuseImport('it has no graph');
  if (model.functions.length > 0) refuseImport('it defines operators of its own');
  const classifiers = graph.node.filter(({ opType }) => opType === CLASSIFIER);
  const [node] = classifiers;
  if (node === undefined || node.domain !== ML_DOMAIN) {
    const found = [...new Set(graph.node.map(({ opType }) => quoted(opType)))].slice(0, 8).join(', ');
    refuseImport(`it has no ${CLASSIFIER}${found === '' ? '' : `, but ${found}`}`);
  }
  if (classifiers.length > 1) refuseImport(`it has ${classifiers.length} operators ${CLASSIFIER}`);
  refuseOtherOperators(graph, node);
  return { node, ...readInput(graph, node) };
}

function readInput(graph: OnnxGraph, node: OnnxNode): Omit<ClassifierNode, 'node'> {
  const constants = graph.initializer.map(({ name }) => name);
  const inputs = graph.input.filter(({ name }) => !constants.includes(name));
  const [input] = inputs;
  if (input === undefined || inputs.length > 1)
    refuseImport(`it has ${inputs.length} inputs, a row is one tensor`);
  if (node.input.length !== 1 || node.input[0] !== input.name) {
    refuseImport(`its ${CLASSIFIER} does not read the input ${quoted(input.name)}`);
  }
  const tensor = input.type?.tensorType;
  if (tensor?.elemType !== ELEMENT.float && tensor?.elemType !== ELEMENT.double) {
    refuseImport(
      `its input is of the type ${tensor?.elemType ?? 'unknown'}, neither float (1) nor double (11)`,
    );
  }
  const dims = tensor.shape?.dim ?? [];
  const features = dims.length === 2 ? indexOf(dims[1]!.dimValue, 'the shape of the input') : 0;
  if (features === 0) refuseImport('its input does not say how many features a row has');
  return { isFloat32: tensor.elemType === ELEMENT.float, features };
}

/** Follows the classifier's outputs through the operators, which the file holds in the order in which they run. */
function refuseOtherOperators(graph: OnnxGraph, classifier: OnnxNode): void {
  const answers = new Set<string>(classifier.output);
  for (const node of graph.node) {
    if (node === classifier) continue;
    if (!isRepacking(node, classifier) || !node.input.every((name) => answers.has(name))) {
      refuseImport(`it has the operator ${quoted(node.opType)}`);
    }
    for (const name of node.output) answers.add(name);
  }
}

function isRepacking(node: OnnxNode, classifier: OnnxNode): boolean {
  if (node.opType === 'ZipMap' && node.domain === ML_DOMAIN) {
    // With other labels than the classifier's, a ZipMap would rename the classes.
    return node.attribute.every((own) => {
      const same = classifier.attribute.find(({ name }) => name === own.name);
      return (
        same !== undefined &&
        own.ints.join() === same.ints.join() &&
        own.strings.map(hex).join() === same.strings.map(hex).join()
      );
    });
  }
  if (!STANDARD_DOMAINS.includes(node.domain)) return false;
  if (node.opType === 'Identity') return true;
  if (node.opType !== 'Cast') return false;
  const to = node.attribute.find(({ name }) => name === 'to');
  return to !== undefined && HARMLESS_CASTS.includes(indexOf(to.i, 'Cast'));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** The attributes of a TreeEnsembleClassifier with one tree. Each is checked alone, not against the others. */
export interface Ensemble {
  /** Shape [nodes], as the next five are. */
  readonly nodeIds: readonly number[];
  readonly features: readonly number[];
  readonly isLeaf: readonly boolean[];
  /** Without meaning at a leaf. */
  readonly thresholds: readonly number[];
  readonly trueIds: readonly number[];
  readonly falseIds: readonly number[];
  /** One entry a leaf and class: the leaf's weight for the class. */
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
  // How often rows visited a node in some measurement; predictions do not depend on it.
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

/** Reads the operator's attributes (Operators-ml.md of github.com/onnx/onnx). Throws `import-invalid`. */
export function readEnsemble(node: OnnxNode): Ensemble {
  const attributes = new OnnxAttributes(node, KNOWN);
  const transform = attributes.readText('post_transform', 'NONE');
  if (transform !== 'NONE') refuseImport(`post_transform is ${quoted(transform)}`);
  const nodeIds = attributes.readIndices('nodes_nodeids');
  const nodes = nodeIds.length;
  if (nodes === 0) refuseImport('its tree has no node');
  const modes = attributes.readTexts('nodes_modes', nodes);
  const other = modes.find((mode) => mode !== 'LEAF' && mode !== 'BRANCH_LEQ');
  if (other !== undefined) refuseImport(`it has a node of the mode ${quoted(other)}`);
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

/** Refuses a tree that was fitted on missing values, because an Alder row has a number for every feature. */
function refuseMissingTracks(attributes: OnnxAttributes, isLeaf: readonly boolean[]): void {
  const name = 'nodes_missing_value_tracks_true';
  if (!attributes.has(name)) return;
  const tracks = attributes.readIndices(name);
  // In the operator's definition an empty list means that no node tracks missing values.
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

import { refuseImport } from './import-refusal';
import { indexOf, told } from './onnx-attributes';
import { ELEMENT, type OnnxGraph, type OnnxModel, type OnnxNode } from './onnx-model';

export interface ClassifierNode {
  readonly node: OnnxNode;
  /** Whether rows are compared as float32; as doubles otherwise. */
  readonly isFloat32: boolean;
  /** Columns of its input. */
  readonly features: number;
}

const CLASSIFIER = 'TreeEnsembleClassifier';
const ML_DOMAIN = 'ai.onnx.ml';
/** Domain names that mean the standard operators. */
const STANDARD_DOMAINS = ['', 'ai.onnx'];
/** `Cast` may change what a label's or a share's number is written as; to these, its value stays. */
const HARMLESS_CASTS: readonly number[] = [ELEMENT.float, ELEMENT.double, ELEMENT.int64, ELEMENT.string];

/**
 * The one tree classifier of a model, which reads the model's input as it comes; what follows it may rename and repack
 * its answers and do nothing else. Throws `import-invalid` naming the operator, or the input, that is otherwise.
 */
export function findClassifier(model: OnnxModel): ClassifierNode {
  const { graph } = model;
  if (graph === null) refuseImport('it has no graph');
  if (model.functions.length > 0) refuseImport('it defines operators of its own');
  const classifiers = graph.node.filter(({ opType }) => opType === CLASSIFIER);
  const [node] = classifiers;
  if (node === undefined || node.domain !== ML_DOMAIN) {
    const found = [...new Set(graph.node.map(({ opType }) => told(opType)))].slice(0, 8).join(', ');
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
    refuseImport(`its ${CLASSIFIER} does not read the input ${told(input.name)}`);
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

/** Follows the answers from operator to operator; the file has them in the order in which they run. */
function refuseOtherOperators(graph: OnnxGraph, classifier: OnnxNode): void {
  const answers = new Set<string>(classifier.output);
  for (const node of graph.node) {
    if (node === classifier) continue;
    if (!isRepacking(node, classifier) || !node.input.every((name) => answers.has(name))) {
      refuseImport(`it has the operator ${told(node.opType)}`);
    }
    for (const name of node.output) answers.add(name);
  }
}

function isRepacking(node: OnnxNode, classifier: OnnxNode): boolean {
  if (node.opType === 'ZipMap' && node.domain === ML_DOMAIN) {
    // Its labels have to be the classifier's own, or it would rename the classes.
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

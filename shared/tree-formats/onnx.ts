import { AlderError } from '../errors';
import { isLeaf, nodeCount, type Tree } from '../tree/tree';
import { sharesAt } from './node-rows';
import {
  ATTRIBUTE,
  ELEMENT,
  encodeModel,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxValue,
  type Written,
} from './onnx-model';
import { nameOf, type TreeFacts } from './tree-facts';

/** The first version of the operators for machine learning that takes double thresholds and weights. */
const ML_OPSET = 3;
const OPSET = 15;
/** The file format that came with `OPSET`. */
const IR_VERSION = 8;

const utf8 = new TextEncoder();

/**
 * A tree as an ONNX model: one TreeEnsembleClassifier from `features`, tensor(double) of shape [rows, features], to
 * `label`, tensor(string), and `probabilities`, tensor(float) of shape [rows, classes]. Thresholds and shares are the
 * tree's own doubles. Classes in their order; a tie goes to the lower one, as onnxruntime breaks it.
 *
 * Throws `export-format` for a tree with a single class: the operator has no meaning for that, and onnxruntime ends the
 * process that loads one. Likewise for a class whose name is no Unicode text.
 */
export function encodeOnnx(tree: Tree, facts: TreeFacts = {}): Uint8Array {
  const { featureNames, classNames } = tree;
  if (classNames.length < 2) {
    throw new AlderError('export-format', 'the tree knows one class, a classifier in ONNX has at least two', {
      hint: 'take another format',
    });
  }
  const broken = classNames.find((name) => !name.isWellFormed());
  if (broken !== undefined) {
    throw new AlderError('export-format', `the class ${JSON.stringify(broken)} cannot be written in UTF-8`, {
      hint: 'rename it in the schema',
    });
  }
  const model: Written<OnnxModel> = {
    irVersion: IR_VERSION,
    producerName: 'alder',
    opsetImport: [
      { domain: '', version: OPSET },
      { domain: 'ai.onnx.ml', version: ML_OPSET },
    ],
    metadataProps: metadataOf(tree, facts),
    graph: {
      name: nameOf(facts),
      node: [
        {
          opType: 'TreeEnsembleClassifier',
          domain: 'ai.onnx.ml',
          name: 'tree',
          input: ['features'],
          output: ['label', 'probabilities'],
          attribute: [...nodeAttributes(tree), ...leafAttributes(tree)],
        },
      ],
      input: [tensorValue('features', ELEMENT.double, featureNames.length)],
      output: [
        tensorValue('label', ELEMENT.string),
        tensorValue('probabilities', ELEMENT.float, classNames.length),
      ],
    },
  };
  return encodeModel(model);
}

function metadataOf(tree: Tree, { model, version, digest }: TreeFacts) {
  // The operator takes features by position; their names are for whoever fills that tensor.
  const entries = { features: JSON.stringify(tree.featureNames), model, version, digest };
  return Object.entries(entries)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: String(value) }));
}

function nodeAttributes(tree: Tree): Written<OnnxAttribute>[] {
  const nodes = Array.from({ length: nodeCount(tree) }, (_, node) => node);
  const orZero = (index: number) => Math.max(0, index);
  return [
    ints(
      'nodes_treeids',
      nodes.map(() => 0),
    ),
    ints('nodes_nodeids', nodes),
    ints('nodes_featureids', Array.from(tree.feature, orZero)),
    strings(
      'nodes_modes',
      nodes.map((node) => (isLeaf(tree, node) ? 'LEAF' : 'BRANCH_LEQ')),
    ),
    doubles('nodes_values_as_tensor', tree.threshold),
    ints('nodes_truenodeids', Array.from(tree.left, orZero)),
    ints('nodes_falsenodeids', Array.from(tree.right, orZero)),
  ];
}

/**
 * The shares at the leaves. Of two classes only the second one's share is given, as the weight of class 0: the sign by
 * which onnxruntime takes it for one number with a limit of 0.5. Given both, it would name the second class wherever
 * that one's share is above 0.
 */
function leafAttributes(tree: Tree): Written<OnnxAttribute>[] {
  const nodeIds: number[] = [];
  const classIds: number[] = [];
  const weights: number[] = [];
  const isBinary = tree.classNames.length === 2;
  for (let node = 0; node < nodeCount(tree); node++) {
    if (!isLeaf(tree, node)) continue;
    const shares = isBinary ? sharesAt(tree, node).slice(1) : sharesAt(tree, node);
    for (const [k, share] of shares.entries()) {
      nodeIds.push(node);
      classIds.push(k);
      weights.push(share);
    }
  }
  return [
    ints(
      'class_treeids',
      nodeIds.map(() => 0),
    ),
    ints('class_nodeids', nodeIds),
    ints('class_ids', classIds),
    doubles('class_weights_as_tensor', Float64Array.from(weights)),
    strings('classlabels_strings', tree.classNames),
    { name: 'post_transform', type: ATTRIBUTE.string, s: utf8.encode('NONE') },
  ];
}

function ints(name: string, values: readonly number[]): Written<OnnxAttribute> {
  return { name, type: ATTRIBUTE.ints, ints: values };
}

function strings(name: string, values: readonly string[]): Written<OnnxAttribute> {
  return { name, type: ATTRIBUTE.strings, strings: values.map((value) => utf8.encode(value)) };
}

function doubles(name: string, values: Float64Array): Written<OnnxAttribute> {
  const tensor = { name, dims: [values.length], dataType: ELEMENT.double, doubleData: [...values] };
  return { name, type: ATTRIBUTE.tensor, t: tensor };
}

/** Rows are a dimension with a name and no number; `columns` are left out where there are none. */
function tensorValue(name: string, elemType: number, columns?: number): Written<OnnxValue> {
  const dim = [{ dimParam: 'rows' }, ...(columns === undefined ? [] : [{ dimValue: columns }])];
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

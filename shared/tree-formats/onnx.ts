import { AlderError } from '../errors';
import { isLeaf, nodeCount, type Tree } from '../tree/tree';
import {
  ATTRIBUTE,
  ELEMENT,
  encodeModel,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxValue,
  type Written,
} from './onnx/messages';
import { nameOf, type TreeFacts } from './tree-labels';
import { sharesAt } from './tree-measures';

/** The first version of the ai.onnx.ml operators with thresholds and weights in double precision. */
const ML_OPSET = 3;
const OPSET = 15;
/** The version of the file format that belongs to `OPSET`. */
const IR_VERSION = 8;

const utf8 = new TextEncoder();

/**
 * A tree as an ONNX model: one TreeEnsembleClassifier from `features`, tensor(double) of shape [rows, features], to
 * `label`, tensor(string), and `probabilities`, tensor(float) of shape [rows, classes]. Thresholds and shares are the
 * tree's own doubles. Classes keep their order; a tie goes to the lower class index, as in onnxruntime.
 *
 * Throws `export-format` for a tree of one class, because the operator does not define it and onnxruntime ends the
 * process that loads it. Throws `export-format` too for a class name that is not well-formed Unicode.
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
  // The operator takes features by position; a client needs their names to fill the tensor.
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
 * The shares at the leaves. With two classes the file holds the second class's share alone, as the weight of class 0:
 * onnxruntime then predicts the second class for a share above 0.5. With both shares in the file, onnxruntime would
 * predict the second class for any share above 0.
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

/** A tensor of shape [rows] or, with `columns`, [rows, columns], where the number of rows is left open. */
function tensorValue(name: string, elemType: number, columns?: number): Written<OnnxValue> {
  const dim = [{ dimParam: 'rows' }, ...(columns === undefined ? [] : [{ dimValue: columns }])];
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type AlderError, isAlderError } from '../../../shared/errors';
import { IMPORT_BYTES_MAX, importOnnx } from '../../../shared/tree-formats/onnx/import-onnx';
import {
  decodeModel,
  encodeModel,
  type OnnxAttribute,
  type OnnxModel,
} from '../../../shared/tree-formats/onnx/messages';
import { encodeText } from '../../../shared/tree-formats/text';

/** Made by skl2onnx 1.20.0 of a scikit-learn 1.9.1 tree: Iris, max_depth=2, random_state=0, float input, ZipMap. */
const FILE = readFileSync(join(__dirname, 'iris-depth-2.skl2onnx.onnx'));
const SCHEMA = {
  featureNames: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'],
  classNames: ['setosa', 'versicolor', 'virginica'],
};
const utf8 = new TextEncoder();

function refusalOf(run: () => unknown): AlderError {
  try {
    run();
  } catch (error) {
    if (isAlderError(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

test('an imported tree has the thresholds, the counts and the producer of the scikit-learn file', () => {
  const { tree, fileDigest, producer } = importOnnx(FILE, SCHEMA);
  // The file holds the float32 next to 0.8, which is odd, and 1.75, which is even. So the midpoint to the next float32
  // rounds up from the first and down from the second.
  expect(encodeText(tree)).toBe(
    [
      '|--- petal_width <= 0.8000000417232512',
      '|   |--- class: setosa (rows: setosa 1)',
      '|--- petal_width >  0.8000000417232512',
      '|   |--- petal_width <= 1.7500000596046448',
      '|   |   |--- class: versicolor (rows: versicolor 49, virginica 5)',
      '|   |--- petal_width >  1.7500000596046448',
      '|   |   |--- class: virginica (rows: versicolor 1, virginica 45)',
      '',
    ].join('\n'),
  );
  expect([...tree.classCounts.subarray(0, 3)]).toEqual([1, 50, 50]);
  expect(fileDigest).toBe(createHash('sha256').update(FILE).digest('hex'));
  expect(producer).toEqual({ name: 'skl2onnx', version: '1.20.0' });
});

test('classes stand in the order of the schema, which may have more of them', () => {
  const classNames = ['virginica', 'other', 'setosa', 'versicolor'];
  const { tree } = importOnnx(FILE, { ...SCHEMA, classNames });
  expect(tree.classNames).toEqual(classNames);
  expect([...tree.classCounts.subarray(0, 4)]).toEqual([50, 0, 1, 50]);
});

type Change = (model: Writable<OnnxModel>) => void;
type Writable<Message> = Message extends Uint8Array | number | string
  ? Message
  : { -readonly [Field in keyof Message]: Writable<Message[Field]> };

/** The file with a change. */
function changed(change: Change): Uint8Array {
  const model = decodeModel(FILE) as Writable<OnnxModel>;
  change(model);
  return encodeModel(model as OnnxModel);
}

/** The classifier's attribute, or an empty one that is added. */
function attributeOf(model: Writable<OnnxModel>, name: string): Writable<OnnxAttribute> {
  const { attribute } = model.graph!.node[0]!;
  const found = attribute.find((one) => one.name === name);
  if (found !== undefined) return found;
  const added = { name, ints: [], strings: [], floats: [] } as unknown as Writable<OnnxAttribute>;
  (attribute as Writable<OnnxAttribute>[]).push(added);
  return added;
}

const set = (name: string, fields: Partial<OnnxAttribute>): Change => {
  return (model) => Object.assign(attributeOf(model, name), fields);
};
const drop = (name: string): Change => {
  return ({ graph }) => {
    const node = graph!.node[0]!;
    node.attribute = node.attribute.filter((one) => one.name !== name);
  };
};

test('a file that is encoded again without a change is still read', () => {
  expect(
    importOnnx(
      changed(() => {}),
      SCHEMA,
    ).tree,
  ).toEqual(importOnnx(FILE, SCHEMA).tree);
});

test.each<[fault: string, change: Change]>([
  ['it has 2 trees', set('nodes_treeids', { ints: [0, 0, 0, 1, 1] })],
  [
    'it has 2 operators TreeEnsembleClassifier',
    ({ graph }) => Object.assign(graph!, { node: [graph!.node[0]!, ...graph!.node] }),
  ],
  [
    'it has no TreeEnsembleClassifier, but "Identity", "ZipMap"',
    ({ graph }) => Object.assign(graph!, { node: graph!.node.slice(1) }),
  ],
  ['it has no TreeEnsembleClassifier', ({ graph }) => Object.assign(graph!.node[0]!, { domain: 'own' })],
  ['it has the operator "Softmax"', ({ graph }) => Object.assign(graph!.node[1]!, { opType: 'Softmax' })],
  [
    'it has the operator "ZipMap"',
    ({ graph }) => Object.assign(graph!.node.at(-1)!.attribute[0]!, { strings: [utf8.encode('x')] }),
  ],
  ['it has no graph', (model) => Object.assign(model, { graph: null })],
  ['it defines operators of its own', (model) => Object.assign(model, { functions: [utf8.encode('f')] })],
  ['post_transform is "LOGISTIC"', set('post_transform', { s: utf8.encode('LOGISTIC') })],
  [
    'it has a node of the mode "BRANCH_LT"',
    set('nodes_modes', {
      strings: ['BRANCH_LT', 'LEAF', 'BRANCH_LEQ', 'LEAF', 'LEAF'].map((mode) => utf8.encode(mode)),
    }),
  ],
  ['it sends missing values to the left', set('nodes_missing_value_tracks_true', { ints: [1, 0, 0, 0, 0] })],
  [
    'nodes_missing_value_tracks_true has 1 entries, not 5',
    set('nodes_missing_value_tracks_true', { ints: [0] }),
  ],
  ['TreeEnsembleClassifier has the attribute "base_values"', set('base_values', { floats: [1, 0, 0] })],
  ['the attribute nodes_values is missing', drop('nodes_values')],
  ['nodes_values has 4 entries, not 5', set('nodes_values', { floats: [1, 2, 3, 4] })],
  ['nodes_values[0] is not a finite number', set('nodes_values', { floats: [Number.NaN, 0, 1, 0, 0] })],
  [
    'nodes_values[2] is not a finite number',
    set('nodes_values', { floats: [1, 0, Number.POSITIVE_INFINITY, 0, 0] }),
  ],
  ['nodes_truenodeids holds -1', set('nodes_truenodeids', { ints: [-1, 0, 3, 0, 0] })],
  ['its tree has no node', set('nodes_nodeids', { ints: [] })],
  ['two of its nodes have one number', set('nodes_nodeids', { ints: [0, 1, 1, 3, 4] })],
  ['its node 0 has the child 9, which is no node', set('nodes_truenodeids', { ints: [9, 0, 3, 0, 0] })],
  ['its node 1 is a child twice', set('nodes_truenodeids', { ints: [1, 0, 1, 0, 0] })],
  ['its nodes are not one tree', set('nodes_falsenodeids', { ints: [0, 0, 4, 0, 0] })],
  ['it splits on the feature 4', set('nodes_featureids', { ints: [4, 0, 3, 0, 0] })],
  [
    'the weights of its node 1 are no shares',
    (model) =>
      Object.assign(attributeOf(model, 'class_weights'), {
        floats: attributeOf(model, 'class_weights').floats.with(0, 0.5),
      }),
  ],
  ['it has a weight for the class 3 of 3', set('class_ids', { ints: [3, 1, 2, 0, 1, 2, 0, 1, 2] })],
  ['its node 1 has two weights for the class 1', set('class_ids', { ints: [1, 1, 2, 0, 1, 2, 0, 1, 2] })],
  [
    'it has a weight for the node 0, which is no leaf',
    set('class_nodeids', { ints: [0, 1, 1, 3, 3, 3, 4, 4, 4] }),
  ],
  ['it has 0 classes', drop('classlabels_strings')],
  ['its classes have two lists of labels', set('classlabels_int64s', { ints: [1, 2, 3] })],
  [
    'its input is of the type 7',
    ({ graph }) => Object.assign(graph!.input[0]!.type!.tensorType!, { elemType: 7 }),
  ],
  [
    'its input does not say how many features',
    ({ graph }) => Object.assign(graph!.input[0]!.type!.tensorType!, { shape: null }),
  ],
  ['it has 2 inputs', ({ graph }) => Object.assign(graph!, { input: [graph!.input[0]!, graph!.input[0]!] })],
  ['does not read the input "X"', ({ graph }) => Object.assign(graph!.node[0]!, { input: ['scaled'] })],
])('a file is refused with its fault named: %s', (fault, change) => {
  // A case that removes labels from the classifier also removes the ZipMap, which repeats them.
  const file = changed((model) => {
    if (fault.includes('classes') || fault.includes('labels'))
      Object.assign(model.graph!, { node: model.graph!.node.slice(0, 1) });
    change(model);
  });
  const refusal = refusalOf(() => importOnnx(file, SCHEMA));
  expect(refusal.code).toBe('import-invalid');
  expect(refusal.message).toContain(fault);
  expect(refusal.hint).toContain('skl2onnx');
});

test('another number of features, or a class that the schema does not have, is refused', () => {
  const features = { ...SCHEMA, featureNames: ['a', 'b'] };
  expect(refusalOf(() => importOnnx(FILE, features)).message).toContain('4 features, the schema has 2');
  const classes = { ...SCHEMA, classNames: ['setosa', 'versicolor'] };
  expect(refusalOf(() => importOnnx(FILE, classes)).message).toContain(
    'its class "virginica" is not in the schema',
  );
});

test('a file above 16 MiB is refused before it is read', () => {
  const refusal = refusalOf(() => importOnnx(new Uint8Array(IMPORT_BYTES_MAX + 1), SCHEMA));
  expect([refusal.code, refusal.message]).toEqual(['import-invalid', expect.stringContaining('are allowed')]);
});

test('a tree above the size of a stored tree is refused before memory is allocated for it', () => {
  const classNames = Array.from({ length: 2_000_000 }, (_, k) => `${k}`);
  expect(refusalOf(() => importOnnx(FILE, { ...SCHEMA, classNames })).message).toContain(
    'its tree of 5 nodes is larger',
  );
});

test('any bytes give a tree or are refused', () => {
  const isHandled = (bytes: Uint8Array) => {
    try {
      importOnnx(bytes, SCHEMA);
    } catch (error) {
      if (!isAlderError(error, 'import-invalid')) throw error;
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), isHandled), { seed: 51, numRuns: 500 });
  const damage = fc.array(fc.tuple(fc.nat({ max: FILE.length - 1 }), fc.nat({ max: 255 })), { maxLength: 4 });
  fc.assert(
    fc.property(damage, fc.nat({ max: FILE.length }), (writes, length) => {
      const bytes = Uint8Array.from(FILE);
      for (const [at, value] of writes) bytes[at] = value;
      isHandled(bytes);
      isHandled(bytes.subarray(0, length));
    }),
    { seed: 52, numRuns: 1_000 },
  );
});

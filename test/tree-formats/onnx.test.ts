import { fitExact } from '../../shared/engine/exact/fit-exact';
import { type AlderError, isAlderError } from '../../shared/errors';
import { encodeOnnx } from '../../shared/tree-formats/onnx';
import { importOnnx } from '../../shared/tree-formats/onnx/import-onnx';
import { decodeModel } from '../../shared/tree-formats/onnx/messages';
import { irisRows } from '../engine/iris';
import { lonelyLeaf, noiseTree, predictAll, rowsFor } from './some-trees';

const iris = fitExact(irisRows(), { maxDepth: 64, minLeafRows: 1 });

function refusalOf(run: () => unknown): AlderError {
  try {
    run();
  } catch (error) {
    if (isAlderError(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

test('the model is one operator from doubles to labels and probabilities', () => {
  const { graph, opsetImport } = decodeModel(encodeOnnx(iris));
  expect(graph!.node.map(({ opType, domain, input, output }) => ({ opType, domain, input, output }))).toEqual(
    [
      {
        opType: 'TreeEnsembleClassifier',
        domain: 'ai.onnx.ml',
        input: ['features'],
        output: ['label', 'probabilities'],
      },
    ],
  );
  const columns = (value: NonNullable<typeof graph>['input'][number]) => [
    value.name,
    value.type!.tensorType!.elemType,
    ...value.type!.tensorType!.shape!.dim.map(({ dimParam, dimValue }) => dimParam || Number(dimValue)),
  ];
  expect(graph!.input.map(columns)).toEqual([['features', 11, 'rows', 4]]);
  expect(graph!.output.map(columns)).toEqual([
    ['label', 8, 'rows'],
    ['probabilities', 1, 'rows', 3],
  ]);
  expect(opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([
    ['', 15],
    ['ai.onnx.ml', 3],
  ]);
});

test('an ONNX file keeps every bit of the thresholds', () => {
  const attributes = decodeModel(encodeOnnx(iris)).graph!.node[0]!.attribute;
  const values = attributes.find(({ name }) => name === 'nodes_values_as_tensor')!.t!;
  expect(values.doubleData).toEqual([...iris.threshold]);
});

test('model, version and digest are in the metadata where they are given', () => {
  const read = (bytes: Uint8Array) =>
    Object.fromEntries(decodeModel(bytes).metadataProps.map(({ key, value }) => [key, value]));
  const features = JSON.stringify(iris.featureNames);
  expect(read(encodeOnnx(iris))).toEqual({ features });
  expect(read(encodeOnnx(iris, { model: 'm', version: 3, digest: 'd' }))).toEqual({
    features,
    model: 'm',
    version: '3',
    digest: 'd',
  });
});

test('an exported model is imported again with the same tests and the same class of every row', () => {
  for (const classes of [2, 3, 8]) {
    const tree = noiseTree({ seed: classes, rows: 600, features: 4, classes, minLeafRows: 3 });
    const back = importOnnx(encodeOnnx(tree), tree).tree;
    for (const part of ['feature', 'threshold', 'left', 'right'] as const)
      expect(back[part]).toEqual(tree[part]);
    const rows = rowsFor(tree, 2_000, 6);
    expect(predictAll(back, rows)).toEqual(predictAll(tree, rows));
  }
});

test('a tree with one class, and a class name that is not well-formed Unicode, are refused', () => {
  for (const names of [['only'], ['a', '\ud800']]) {
    expect(
      refusalOf(() =>
        encodeOnnx(
          lonelyLeaf(
            names,
            names.map(() => 1),
          ),
        ),
      ).code,
    ).toBe('export-format');
  }
});

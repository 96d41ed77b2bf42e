import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leafCount } from '../../../shared/tree/tree';
import { encodeAs } from '../../../shared/tree-formats/formats';
import { type ImportedTree, importOnnx } from '../../../shared/tree-formats/onnx/import-onnx';
import { describeWithPython } from '../python-environment';
import { PythonPeer } from '../python-peer';
import { noiseTree, predictAll, rowsFor, sharesOfAll } from '../some-trees';

const ROWS = 10_000;
const WORDS = ['b "x"', 'a<&>', 'Größe 花', "c'", 'd\\n', 'z', 'y', '🌸'];
const words = (count: number) => WORDS.slice(0, count);
const numbers = (count: number) => Array.from({ length: count }, (_, k) => k * 7 - 7);

interface Fitted {
  readonly rows: number[][];
  readonly classes: string[];
  readonly labels: string[];
  readonly probabilities: number[][];
  readonly leaves: number;
}

let folder: string;
let file: string;
let peer: PythonPeer;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alder-import-'));
  file = join(folder, 'tree.onnx');
  peer = new PythonPeer();
});

afterAll(async () => {
  await peer.close();
  rmSync(folder, { recursive: true });
});

const SHAPES = [
  ['deep, two classes', { rows: 3_000, features: 3, labels: words(2), limits: {} }],
  ['deep, three classes by number', { rows: 2_000, features: 5, labels: numbers(3), limits: {} }],
  ['deep, eight classes', { rows: 3_000, features: 4, labels: words(8), limits: {} }],
  ['a stump', { rows: 200, features: 2, labels: words(3), limits: { max_depth: 1 } }],
  ['large leaves', { rows: 4_000, features: 4, labels: words(5), limits: { min_samples_leaf: 30 } }],
  ['leaves with ties', { rows: 3_000, features: 2, labels: numbers(2), limits: { min_samples_leaf: 4 } }],
  ['best first', { rows: 3_000, features: 3, labels: words(4), limits: { max_leaf_nodes: 60 } }],
  [
    'weighted rows, two classes',
    { rows: 2_000, features: 3, labels: words(2), limits: { min_samples_leaf: 8 }, weighted: true },
  ],
  [
    'weighted rows, six classes',
    { rows: 2_000, features: 3, labels: words(6), limits: { min_samples_leaf: 20 }, weighted: true },
  ],
] as const;

describeWithPython()('imported scikit-learn trees', () => {
  describe.each(SHAPES)('%s', (_name, shape) => {
    const order = (more: object) => ({ file, ask: ROWS, seed: 5, ...shape, ...more });
    /** The schema has the classes in another order, and a class that is missing in the file. */
    const load = (classes: readonly string[]): ImportedTree =>
      importOnnx(readFileSync(file), {
        featureNames: Array.from({ length: shape.features }, (_, f) => `f${f}`),
        classNames: ['unseen', ...classes.toReversed()],
      });

    test.each([
      ['float32', 'float32', true],
      ['float64', 'float32', false],
    ])(
      'an imported tree that compares float32 predicts as scikit-learn does on rows of %s',
      async (askAs, type, zipmap) => {
        const fitted = await peer.ask<Fitted>('sklearn', order({ type, ask_as: askAs, zipmap }));
        const { tree, producer } = load(fitted.classes);
        expect(producer).toEqual({ name: 'skl2onnx', version: expect.stringMatching(/^\d+\./) });
        expect(leafCount(tree)).toBe(fitted.leaves);
        expectSame(tree, fitted.rows, fitted.labels, fitted.classes, fitted.probabilities);
        const theirs = await peer.ask<Fitted>('onnx', { file, type: 'float32', rows: fitted.rows });
        expectSame(tree, fitted.rows, theirs.labels);
      },
    );

    test('an imported tree that compares doubles predicts as the file does', async () => {
      const fitted = await peer.ask<Fitted>('sklearn', order({ type: 'float64', ask_as: 'float64' }));
      const { tree } = load(fitted.classes);
      const theirs = await peer.ask<Fitted>('onnx', {
        file,
        type: 'float64',
        rows: fitted.rows,
        repair: true,
      });
      expectSame(tree, fitted.rows, theirs.labels, fitted.classes, theirs.probabilities);
      const float32 = fitted.rows.map((row) => row.map(Math.fround));
      const again = await peer.ask<Fitted>('onnx', { file, type: 'float64', rows: float32, repair: true });
      expectSame(tree, float32, again.labels);
    });
  });

  test('an exported tree is imported again with the same thresholds and the same predictions', () => {
    for (const classes of [2, 3, 8]) {
      const tree = noiseTree({ seed: classes, rows: 2_000, features: 4, classes, minLeafRows: 4 });
      const back = importOnnx(encodeAs('onnx', tree) as Uint8Array, tree).tree;
      expect(back.threshold).toEqual(tree.threshold);
      const rows = rowsFor(tree, ROWS, 3);
      expect(predictAll(back, rows)).toEqual(predictAll(tree, rows));
    }
  });
});

describeWithPython()('models that are not one classification tree', () => {
  test.each([
    ['forest', 'it has 3 trees'],
    ['regressor', 'it has no TreeEnsembleClassifier, but "TreeEnsembleRegressor"'],
    ['linear', 'it has no TreeEnsembleClassifier, but "LinearClassifier"'],
    ['scaled', 'it has the operator "Scaler"'],
  ])('the model %s is refused: %s', async (model, fault) => {
    await peer.ask('refused', { file, model });
    const load = () =>
      importOnnx(readFileSync(file), { featureNames: ['a', 'b'], classNames: ['0', '1', '2'] });
    expect(load).toThrow(expect.objectContaining({ code: 'import-invalid' }));
    expect(load).toThrow(fault);
  });
});

function expectSame(
  tree: ImportedTree['tree'],
  rows: number[][],
  labels: readonly string[],
  classes: readonly string[] = [],
  probabilities: readonly number[][] = [],
): void {
  const own = predictAll(tree, rows).map((k) => tree.classNames[k]!);
  const wrong = own.findIndex((name, i) => name !== labels[i]);
  expect({ row: rows[wrong], own: own[wrong] }).toEqual({ row: undefined, own: undefined });
  const columns = classes.map((name) => tree.classNames.indexOf(name));
  const shares = sharesOfAll(tree, rows);
  const far = probabilities.filter((row, i) =>
    row.some((share, column) => !(Math.abs(share - shares[i]![columns[column]!]!) < 1e-6)),
  );
  expect(far).toEqual([]);
}

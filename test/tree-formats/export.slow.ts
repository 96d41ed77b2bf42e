import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import { nodeCount, type Tree } from '../../shared/tree/tree';
import { encodeAs } from '../../shared/tree-formats/formats';
import { irisRows } from '../engine/iris';
import { describeWithPython } from './python-environment';
import { PythonPeer } from './python-peer';
import { lonelyLeaf, noiseTree, predictAll, rowsFor, sharesOfAll } from './some-trees';

const ROWS = 10_000;
const iris = irisRows();
const treeOfIris = (maxDepth: number) => fitExact(iris, { maxDepth, minLeafRows: 1 });

const TREES: readonly (readonly [name: string, tree: Tree])[] = [
  ['Iris', treeOfIris(64)],
  ['Iris with depth 2', treeOfIris(2)],
  ['one leaf of three classes, tied', lonelyLeaf(['a', 'b', 'c'], [1, 2, 2])],
  ['one leaf of two classes, tied', lonelyLeaf(['a', 'b'], [3, 3])],
  ...[2, 3, 4, 5, 8].map(
    (classes) =>
      [
        `${classes} classes, deep`,
        noiseTree({ seed: classes, rows: 3_000, features: 1 + classes, classes }),
      ] as const,
  ),
  ...[2, 3, 8].map(
    (classes) =>
      [
        `${classes} classes, leaves with ties`,
        noiseTree({ seed: 40 + classes, rows: 4_000, features: 5, classes, minLeafRows: 4 }),
      ] as const,
  ),
];

interface Answers {
  readonly labels: string[];
  readonly probabilities: number[][];
  readonly outputs: string[];
}

let folder: string;
let peer: PythonPeer;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alder-formats-'));
  peer = new PythonPeer();
});

afterAll(async () => {
  await peer.close();
  rmSync(folder, { recursive: true });
});

function expectSame(tree: Tree, rows: number[][], answers: Answers, within: number): void {
  const classes = predictAll(tree, rows).map((k) => tree.classNames[k]!);
  const wrong = classes.findIndex((name, i) => name !== answers.labels[i]);
  expect({ row: wrong < 0 ? null : rows[wrong], theirs: answers.labels[wrong] }).toEqual({
    row: null,
    theirs: undefined,
  });
  expect(answers.labels).toHaveLength(rows.length);
  const far = sharesOfAll(tree, rows).filter((shares, i) =>
    shares.some((share, k) => !(Math.abs(share - answers.probabilities[i]![k]!) <= within)),
  );
  expect(far).toEqual([]);
}

describeWithPython()('onnxruntime', () => {
  test.each(TREES)(
    'onnxruntime predicts as the tree does, at thresholds and next to them: %s',
    async (_name, tree) => {
      const file = join(folder, 'tree.onnx');
      const facts = { model: 'decisiontree', version: 7, digest: 'ab'.repeat(32) };
      writeFileSync(file, encodeAs('onnx', tree, facts));
      const rows = rowsFor(tree, ROWS, 1);
      const answers = await peer.ask<Answers & { properties: Record<string, string> }>('onnx', {
        file,
        type: 'float64',
        rows,
      });
      expectSame(tree, rows, answers, 1e-6);
      expect(answers.outputs).toEqual(['label', 'probabilities']);
      expect(answers.properties).toEqual({
        features: JSON.stringify(tree.featureNames),
        model: 'decisiontree',
        version: '7',
        digest: facts.digest,
      });
    },
  );
});

describeWithPython(true)('a PMML evaluator', () => {
  test.each(TREES)(
    'a PMML evaluator predicts as the tree does, at thresholds and next to them: %s',
    async (_name, tree) => {
      const file = join(folder, 'tree.pmml');
      writeFileSync(file, encodeAs('pmml', tree, { model: 'decisiontree', version: 7 }));
      const rows = rowsFor(tree, ROWS, 2);
      const order = { file, features: tree.featureNames, rows };
      const answers = await peer.ask<Answers & { target: string }>('pmml', order);
      expectSame(tree, rows, answers, 1e-12);
      expect(answers.target).toBe('label');
    },
  );
});

describeWithPython()('parsers of XML and DOT', () => {
  // The parser of DOT takes seconds for a thousand nodes.
  const small = noiseTree({ seed: 9, rows: 150, features: 8, classes: 8 });
  test.each([TREES[0]!, TREES[2]!, ['odd names', small] as const])(
    'parsers of XML and DOT read the files of a tree: %s',
    async (_name, tree) => {
      const svg = encodeAs('svg', tree);
      const { texts } = await peer.ask<{ texts: [string, string][] }>('xml', { text: svg });
      expect(texts[0]![0]).toBe('svg');
      const { labels, edges } = await peer.ask<{ labels: string[]; edges: number }>('dot', {
        text: encodeAs('dot', tree),
      });
      expect(labels).toHaveLength(nodeCount(tree));
      expect(edges).toBe(nodeCount(tree) - 1);
    },
  );
});

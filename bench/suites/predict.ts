import { LeafTexts } from '../../services/serving/models/leaf-texts';
import type { ServedModel } from '../../services/serving/models/served-model';
import { answerPrediction } from '../../services/serving/predict/answer-prediction';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import type { TrainingSet } from '../../shared/engine/training-set';
import { RequestReader } from '../../shared/row/request-reader';
import { compileTree } from '../../shared/tree/compiled-tree';
import { predictRows } from '../../shared/tree/predict-rows';
import { leafCount, leafOf, majorityClass, nodeCount, type Tree } from '../../shared/tree/tree';
import type { BoundFigure, Figure, RatioFigure, SuiteOptions, Yardstick } from '../harness/figure';
import { irisLike, once } from '../harness/tables';
import { jsonAnswer } from '../yardsticks/json-answer';
import { SklearnPredict } from '../yardsticks/sklearn-predict';

const SEED = 1;
const FULL_DEPTH = 64;
const BODIES = 20;

/** The time to predict rows with a tree, and to turn the bytes of a request body into those of its answer. */
export async function* predictSuite({ rounds, isQuick, tell }: SuiteOptions): AsyncIterable<Figure> {
  const rowCount = isQuick ? 100_000 : 1_000_000;
  const table = once(() => irisLike(rowCount, SEED, null));
  const rows = once(() => rowMajor(table()));
  const depth8 = once(() => fitExact(table(), { maxDepth: 8, minLeafRows: 1 }));
  const full = once(() => fitExact(table(), { maxDepth: FULL_DEPTH, minLeafRows: 1 }));
  const conditions = `${told(rowCount)} × 4 continuous, seed ${SEED}`;
  const sklearn = new SklearnPredict(table, tell);
  try {
    yield manyRows(rounds, `depth 8, ${conditions}`, depth8(), rows(), sklearn.predict(8, 2));
    yield manyRows(rounds, `full depth, ${conditions}`, full(), rows(), sklearn.predict(null, 1.5));
  } finally {
    sklearn.close();
  }
  yield compiling(rounds, full());
  for (const [kind, decimals] of [
    ['one decimal', 1],
    ['all digits of a double', null],
  ] as const) {
    for (const [depth, tree] of [
      ['depth 8', depth8],
      ['full depth', full],
    ] as const) {
      const bodies = listBodies(rows(), decimals);
      yield bytesToBytes(rounds, `1,000 rows a body, ${kind}, ${depth}`, tree(), bodies, 1_000, 1.5);
    }
  }
  const single = singleBodies(rows());
  yield bytesToBytes(rounds, 'one row a body, one decimal, depth 8', depth8(), single, 1, 1);
}

/** Predicts classes only. The tree is compiled once, as for a served version; the result array is new each time. */
function manyRows(
  rounds: number,
  conditions: string,
  tree: Tree,
  rows: Float64Array,
  sklearn: RatioFigure['yardsticks'][number],
): RatioFigure {
  const width = tree.featureNames.length;
  const rowCount = rows.length / width;
  const compiled = compileTree(tree, 'class');
  const ofLeaf = Uint32Array.from({ length: nodeCount(tree) }, (_, node) => majorityClass(tree, node));
  const rowByRow: Yardstick = {
    name: 'our own walk, row by row',
    target: 1,
    run: () =>
      perSecond(rowCount, () => {
        const classes = new Uint32Array(rowCount);
        for (let row = 0; row < rowCount; row++) classes[row] = ofLeaf[leafOf(tree, rows, row * width)]!;
      }),
  };
  return {
    kind: 'ratio',
    name: 'predict',
    conditions: `${conditions}, ${told(leafCount(tree))} leaves`,
    unit: 'rows/s',
    isLowerBetter: false,
    rounds,
    ours: {
      name: 'many rows at once',
      run: () =>
        perSecond(rowCount, () => predictRows(compiled, rows, 0, rowCount, new Uint32Array(rowCount))),
    },
    yardsticks: [sklearn, rowByRow],
  };
}

/** The compilation that each new version costs. The rounds include the first, cold one of the process. */
function compiling(rounds: number, tree: Tree): BoundFigure {
  return {
    kind: 'bound',
    name: 'compile a tree',
    conditions: `${told(leafCount(tree))} leaves, for classes`,
    unit: 'ms',
    rounds,
    ours: {
      name: 'compile',
      run: () => {
        const begun = performance.now();
        compileTree(tree, 'class');
        return performance.now() - begun;
      },
    },
    atMost: 5,
  };
}

function bytesToBytes(
  rounds: number,
  conditions: string,
  tree: Tree,
  bodies: readonly Buffer[],
  rowsPerBody: number,
  target: number,
): RatioFigure {
  const model = servedModel(tree);
  const ours = (body: Buffer) => Buffer.from(answerPrediction(body, model).body);
  const theirs = (body: Buffer) => jsonAnswer(model, body);
  for (const body of bodies) {
    if (!ours(body).equals(theirs(body))) throw new Error(`${conditions}: the two answers differ`);
  }
  const repeat = Math.ceil(200_000 / (bodies.length * rowsPerBody));
  const run = (answer: (body: Buffer) => Buffer) => () =>
    perSecond(repeat * bodies.length * rowsPerBody, () => {
      for (let i = 0; i < repeat; i++) for (const body of bodies) answer(body);
    });
  return {
    kind: 'ratio',
    name: 'bytes to bytes',
    conditions,
    unit: 'rows/s',
    isLowerBetter: false,
    rounds,
    ours: { name: 'answerPrediction', run: run(ours) },
    yardsticks: [{ name: 'JSON.parse, the tree, JSON.stringify', target, run: run(theirs) }],
  };
}

function servedModel(tree: Tree): ServedModel {
  const [model, version, digest] = ['decisiontree', 7, '0'.repeat(64)];
  return {
    model,
    version,
    digest,
    newestRowAt: null,
    tree,
    treeBytes: 0,
    reader: new RequestReader(tree.featureNames, 1_000),
    leafTexts: new LeafTexts(tree),
    headers: {},
    answerEnd: `,"model":"${model}","version":${version},"digest":"${digest}"}`,
  };
}

function listBodies(rows: Float64Array, decimals: number | null): Buffer[] {
  return Array.from({ length: BODIES }, (_, body) => {
    const data = Array.from({ length: 1_000 }, (_, i) => cellsOf(rows, body * 1_000 + i, decimals));
    return Buffer.from(JSON.stringify({ data }));
  });
}

function singleBodies(rows: Float64Array): Buffer[] {
  return Array.from({ length: 1_000 }, (_, i) => Buffer.from(JSON.stringify({ data: cellsOf(rows, i, 1) })));
}

function cellsOf(rows: Float64Array, row: number, decimals: number | null): number[] {
  const cells = [...rows.subarray(row * 4, row * 4 + 4)];
  return decimals === null ? cells : cells.map((cell) => Number(cell.toFixed(decimals)));
}

function rowMajor({ rowCount, columns }: TrainingSet): Float64Array {
  const width = columns.length;
  const rows = new Float64Array(rowCount * width);
  columns.forEach((column, f) => {
    for (let row = 0; row < rowCount; row++) rows[row * width + f] = column[row]!;
  });
  return rows;
}

function perSecond(rows: number, work: () => void): number {
  const begun = performance.now();
  work();
  return (rows * 1_000) / (performance.now() - begun);
}

function told(count: number): string {
  return count.toLocaleString('en-US');
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import { leafOf, majorityClass } from '../../shared/tree/tree';

/** Fits Iris like the Python servers at their start, and predicts with plain objects and loops. */
const lines = readFileSync(join(__dirname, '..', '..', 'data', 'iris.csv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1);
const rows = lines.map((line) => line.trim().split(','));
const classNames = ['setosa', 'versicolor', 'virginica'];

const tree = fitExact(
  {
    rowCount: rows.length,
    columns: [0, 1, 2, 3].map((f) => Float64Array.from(rows, (row) => Number(row[f]))),
    classes: Uint32Array.from(rows, (row) => classNames.indexOf(row[4]!)),
    featureNames: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'],
    classNames,
  },
  { maxDepth: 64, minLeafRows: 1 },
);

interface Answered {
  readonly prediction: string;
  readonly probabilities: Record<string, number>;
}

const MODEL = { model: 'decisiontree', version: 2, digest: 'a'.repeat(64) };

/** The answer, in Alder's format, to a parsed body of one row or a list of rows; only its shape is checked. */
export function answerOf({ data }: { data: number[] | number[][] }): object {
  if (!Array.isArray(data[0])) return { ...predict(data as number[]), ...MODEL };
  const answers = (data as number[][]).map(predict);
  return {
    predictions: answers.map(({ prediction }) => prediction),
    probabilities: answers.map(({ probabilities }) => probabilities),
    ...MODEL,
  };
}

function predict(row: number[]): Answered {
  if (row.length !== 4 || !row.every(Number.isFinite)) throw new Error('a row is four numbers');
  const leaf = leafOf(tree, Float64Array.from(row), 0);
  const counts = tree.classCounts.subarray(leaf * 3, leaf * 3 + 3);
  const total = counts[0]! + counts[1]! + counts[2]!;
  return {
    prediction: classNames[majorityClass(tree, leaf)]!,
    probabilities: Object.fromEntries(classNames.map((name, k) => [name, counts[k]! / total])),
  };
}

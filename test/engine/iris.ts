import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingSet } from '../../shared/engine/training-set';

const CLASSES = ['setosa', 'versicolor', 'virginica'];

/** The 150 rows of data/iris.csv, in the file's order. */
export function irisRows(): TrainingSet {
  const text = readFileSync(join(__dirname, '..', '..', 'data', 'iris.csv'), 'utf8');
  const [header, ...lines] = text.trim().split(/\r?\n/);
  const fields = lines.map((line) => line.split(','));
  return {
    rowCount: fields.length,
    columns: [0, 1, 2, 3].map((f) => Float64Array.from(fields, (row) => Number(row[f]))),
    classes: Uint32Array.from(fields, (row) => CLASSES.indexOf(row[4]!)),
    featureNames: header!.split(',').slice(0, 4),
    classNames: CLASSES,
  };
}

import type { TrainingSet } from '../../shared/engine/training-set';
import { irisShape } from './iris-shape';
import { bellFrom, numbersFrom } from './random';

/** The same value from the first call on: a table is made when a round first wants it. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * Rows like Iris: for each of the three species a normal distribution a feature, with the mean and deviation of
 * data/iris.csv. `decimals` null gives values that float32 holds exactly.
 */
export function irisLike(rowCount: number, seed: number, decimals: number | null): TrainingSet {
  const shape = irisShape();
  const draw = numbersFrom(seed);
  const rows = emptyTable(rowCount, 4, 3);
  for (let row = 0; row < rowCount; row++) {
    const k = Math.floor(3 * draw());
    rows.classes[row] = k;
    for (let feature = 0; feature < 4; feature++) {
      const { mean, deviation } = shape[k]![feature]!;
      rows.columns[feature]![row] = rounded(mean + deviation * bellFrom(draw), decimals);
    }
  }
  return rows;
}

function rounded(value: number, decimals: number | null): number {
  return decimals === null ? Math.fround(value) : Number(value.toFixed(decimals)) + 0;
}

/** Two classes on which six of the columns have a say, two of them together, the rest is noise. */
export function wide(rowCount: number, features: number, seed: number): TrainingSet {
  const draw = numbersFrom(seed);
  const rows = emptyTable(rowCount, features, 2);
  for (let row = 0; row < rowCount; row++) {
    let sum = 0.5 * bellFrom(draw);
    for (let feature = 0; feature < features; feature++) {
      const value = Math.fround(bellFrom(draw));
      rows.columns[feature]![row] = value;
      if (feature < 6) sum += feature % 2 === 0 ? -0.7 * value : value;
    }
    sum += rows.columns[0]![row]! * rows.columns[1]![row]!;
    rows.classes[row] = sum > 0 ? 1 : 0;
  }
  return rows;
}

/** Labels that have nothing to do with the values. */
export function randomLabels(rowCount: number, seed: number): TrainingSet {
  const draw = numbersFrom(seed);
  const rows = emptyTable(rowCount, 4, 3);
  for (const column of rows.columns)
    for (let row = 0; row < rowCount; row++) column[row] = Math.fround(draw());
  for (let row = 0; row < rowCount; row++) rows.classes[row] = Math.floor(3 * draw());
  return rows;
}

/** Values of e to the 30 u: half of them lie in a ten-millionth of the range. */
export function heavyTail(rowCount: number, seed: number): TrainingSet {
  const draw = numbersFrom(seed);
  const rows = emptyTable(rowCount, 4, 3);
  for (let row = 0; row < rowCount; row++) {
    for (const column of rows.columns) column[row] = Math.exp(30 * draw());
    const ratio = Math.log(rows.columns[0]![row]! / rows.columns[1]![row]!) + 3 * bellFrom(draw);
    rows.classes[row] = ratio > 5 ? 2 : ratio > -5 ? 1 : 0;
  }
  return rows;
}

/** Continuous rows with one value of 1e300 and one of −1e300 in every column. */
export function withOutliers(rowCount: number, seed: number): TrainingSet {
  const rows = irisLike(rowCount, seed, null);
  for (const column of rows.columns) {
    column[17] = 1e300;
    column[rowCount - 9] = -1e300;
  }
  return rows;
}

/** Continuous rows in ascending order of one column, as a table exported from a database is. */
export function withSortedColumn(rowCount: number, seed: number): TrainingSet {
  const rows = irisLike(rowCount, seed, null);
  const by = rows.columns[2]!;
  const order = Array.from({ length: rowCount }, (_, row) => row).sort((a, b) => by[a]! - by[b]!);
  return {
    ...rows,
    columns: rows.columns.map((column) => Float64Array.from(order, (row) => column[row]!)),
    classes: Uint32Array.from(order, (row) => rows.classes[row]!),
  };
}

function emptyTable(rowCount: number, features: number, classes: number) {
  return {
    rowCount,
    columns: Array.from({ length: features }, () => new Float64Array(rowCount)),
    classes: new Uint32Array(rowCount),
    featureNames: Array.from({ length: features }, (_, f) => `f${f}`),
    classNames: Array.from({ length: classes }, (_, k) => `c${k}`),
  };
}

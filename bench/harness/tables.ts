import type { TrainingSet } from '../../shared/engine/training-set';
import { irisShape } from './iris-shape';
import { bellFrom, numbersFrom } from './random';

/** Makes a value at the first call and returns it at every call. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * Rows like Iris: normal distributions with the means and deviations of each feature and species in data/iris.csv. With
 * `decimals` null the values are exact in float32.
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

/** Two classes that depend on six columns, two of them by their product; the other columns are noise. */
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

/** Labels that are independent of the values. */
export function randomLabels(rowCount: number, seed: number): TrainingSet {
  const draw = numbersFrom(seed);
  const rows = emptyTable(rowCount, 4, 3);
  for (const column of rows.columns)
    for (let row = 0; row < rowCount; row++) column[row] = Math.fround(draw());
  for (let row = 0; row < rowCount; row++) rows.classes[row] = Math.floor(3 * draw());
  return rows;
}

/** Values of e^(30 u) with uniform u: half of them lie in a ten-millionth of the range. */
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

/** Continuous rows in ascending order of one column, like a table exported from a database. */
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

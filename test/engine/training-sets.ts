import fc from 'fast-check';
import type { TrainingSet } from '../../shared/engine/training-set';
import { nextUp } from '../../shared/tree/next-double';

/** A training set written by hand: one array of values a feature, one class index a row. */
export function trainingSet(columns: number[][], classes: number[], classCount?: number): TrainingSet {
  const known = classCount ?? Math.max(...classes) + 1;
  return {
    rowCount: classes.length,
    columns: columns.map((column) => Float64Array.from(column)),
    classes: Uint32Array.from(classes),
    featureNames: columns.map((_, f) => `f${f}`),
    classNames: Array.from({ length: known }, (_, k) => `c${k}`),
  };
}

/** The same rows in another order. */
export function reordered(rows: TrainingSet, order: readonly number[]): TrainingSet {
  return {
    ...rows,
    columns: rows.columns.map((column) => Float64Array.from(order, (row) => column[row]!)),
    classes: Uint32Array.from(order, (row) => rows.classes[row]!),
  };
}

/** Few values, so that rows tie; neighbours of one another and of the ends of what a double holds among them. */
const AWKWARD_VALUES = [
  0,
  5e-324,
  1e-323,
  -5e-324,
  0.1,
  nextUp(0.1),
  nextUp(nextUp(0.1)),
  1,
  2,
  3,
  -1,
  1e308,
  1.7e308,
  -1.7e308,
  Number.MAX_VALUE,
];

const value = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom(...AWKWARD_VALUES),
  // Adding 0 turns −0 into 0, as the row reader does.
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
);

/** 1 to 24 rows with ties, 1 to 4 features, 1 to 5 classes of which some may have no row. */
export const tiedSets: fc.Arbitrary<TrainingSet> = fc
  .record({
    rowCount: fc.integer({ min: 1, max: 24 }),
    features: fc.integer({ min: 1, max: 4 }),
    classes: fc.integer({ min: 1, max: 5 }),
  })
  .chain(({ rowCount, features, classes }) => {
    const length = { minLength: rowCount, maxLength: rowCount };
    return fc
      .record({
        columns: fc.array(fc.array(value, length), { minLength: features, maxLength: features }),
        labels: fc.array(fc.nat({ max: classes - 1 }), length),
      })
      .map(({ columns, labels }) => trainingSet(columns, labels, classes));
  });

/** 2 to 30 rows, no value twice in a column, 1 to 3 features, 2 to 4 classes. */
export const distinctSets: fc.Arbitrary<TrainingSet> = fc
  .record({
    rowCount: fc.integer({ min: 2, max: 30 }),
    features: fc.integer({ min: 1, max: 3 }),
    classes: fc.integer({ min: 2, max: 4 }),
  })
  .chain(({ rowCount, features, classes }) => {
    const length = { minLength: rowCount, maxLength: rowCount };
    return fc
      .record({
        columns: fc.array(fc.uniqueArray(fc.integer({ min: -500, max: 500 }), length), {
          minLength: features,
          maxLength: features,
        }),
        labels: fc.array(fc.nat({ max: classes - 1 }), length),
      })
      .map(({ columns, labels }) => trainingSet(columns, labels, classes));
  });

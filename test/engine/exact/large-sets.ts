import { numbersFrom } from '../../../bench/harness/random';
import type { TrainingSet } from '../../../shared/engine/training-set';

type Draw = () => number;
type MakeValue = (draw: Draw, feature: number, classIndex: number, row: number) => number;

/** Near enough to a normal distribution to have overlapping classes with tails. */
function bell(draw: Draw): number {
  return draw() + draw() + draw() + draw() - 2;
}

/** Kinds of tables that each take another way through a large fit. */
export const LARGE_SETS: Readonly<Record<string, MakeValue>> = {
  'overlapping classes': (draw, feature, k) => k * (feature % 3) + bell(draw),
  'values of one decimal': (draw, feature, k) => Math.round(10 * (k * (feature % 3) + bell(draw))) / 10,
  'labels that are noise': (draw) => draw(),
  'labels that are noise on few values': (draw) => Math.floor(20 * draw()),
  'a heavy tail': (draw, _, k) => Math.exp(30 * draw()) * (k + 1),
  outliers: (draw, _, k, row) => (row % 997 === 0 ? (row % 2 === 0 ? 1e300 : -1e300) : k + bell(draw)),
  'a sorted column': (draw, feature, k, row) => (feature === 0 ? row : k + bell(draw)),
  'one value in a column': (draw, feature, k) => (feature === 0 ? 7 : k + bell(draw)),
  'neighbouring doubles': (draw, _, k) => 1 + Number.EPSILON * Math.floor(900 * (0.2 * k + draw())),
  'many values and few more': (draw, feature, k) =>
    feature === 0 ? Math.round(k + bell(draw)) : k + bell(draw),
};

/** A set of a kind; classes are about equally many, a twentieth of the labels are wrong. */
export function largeSet(
  kind: string,
  rowCount: number,
  features: number,
  classes: number,
  seed: number,
): TrainingSet {
  const makeValue = LARGE_SETS[kind]!;
  const draw = numbersFrom(seed);
  const columns = Array.from({ length: features }, () => new Float64Array(rowCount));
  const classOf = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const k = Math.floor(draw() * classes);
    classOf[row] = draw() < 0.05 ? Math.floor(draw() * classes) : k;
    for (let feature = 0; feature < features; feature++) {
      // Adding 0 turns −0 into 0, as the row reader does.
      columns[feature]![row] = makeValue(draw, feature, k, row) + 0;
    }
  }
  return {
    rowCount,
    columns,
    classes: classOf,
    featureNames: columns.map((_, f) => `f${f}`),
    classNames: Array.from({ length: classes }, (_, k) => `c${k}`),
  };
}

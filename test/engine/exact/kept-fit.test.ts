import fc from 'fast-check';
import { numbersFrom } from '../../../bench/harness/random';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { KeptFit } from '../../../shared/engine/exact/kept-fit';
import { RowBlock } from '../../../shared/engine/exact/row-block';
import { tuningFor } from '../../../shared/engine/exact/tuning';
import type { FitLimits, TrainingSet } from '../../../shared/engine/training-set';
import { encodeTree } from '../../../shared/tree/tree-codec';
import { largeSet } from './large-sets';
import { KeptSlides, rowsOf } from './slides';

const LIMITS = { maxDepth: 64, minLeafRows: 1 };

afterEach(() => jest.restoreAllMocks());

/** Values and classes that change over time, by the kind of their column: continuous, few, and seldom others than 0. */
function driftingSet(rowCount: number, classes: number, seed: number): TrainingSet {
  const draw = numbersFrom(seed);
  const columns = [0, 1, 2].map(() => new Float64Array(rowCount));
  const classOf = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const k = Math.floor(draw() * Math.min(classes, 1 + (4 * row) / rowCount));
    classOf[row] = draw() < 0.1 ? Math.floor(draw() * classes) : k;
    columns[0]![row] = k + 2 * draw() + row / rowCount;
    columns[1]![row] = Math.floor(6 * draw() + k);
    columns[2]![row] = draw() < 0.9 ? 0 : draw();
  }
  return {
    rowCount,
    columns,
    classes: classOf,
    featureNames: ['a', 'b', 'c'],
    classNames: Array.from({ length: classes }, (_, k) => `k${k}`),
  };
}

const move = fc.record({
  /** Rows that come, by partition. */
  come: fc.array(fc.nat(60), { minLength: 3, maxLength: 3 }),
  /** Rows that go, by partition. */
  go: fc.array(fc.nat(60), { minLength: 3, maxLength: 3 }),
});

test('over random moves of a window, every tree is that of a fresh fit', () => {
  let moved = 0;
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(move, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 2, max: 4 }),
      fc.constantFrom<FitLimits>(LIMITS, { maxDepth: 4, minLeafRows: 1 }, { maxDepth: 64, minLeafRows: 5 }),
      fc.constantFrom(4, 32),
      (seed, moves, classes, limits, localRowsMax) => {
        const stream = driftingSet(3 * (200 + 8 * 60), classes, seed);
        const slides = new KeptSlides(stream, 3, 200);
        const tuning = { ...tuningFor(stream), localRowsMax, bucketsMax: 16 };
        const kept = new KeptFit();
        kept.fit(...slides.whole(), limits, tuning);
        for (const { come, go } of moves) {
          const tree = kept.move(slides.move(come, go), limits);
          if (tree !== null) moved++;
          const found = tree ?? kept.fit(...slides.whole(), limits, tuning);
          expect(encodeTree(found)).toBe(encodeTree(fitExact(slides.whole()[0], limits)));
        }
      },
    ),
    { seed: 20_261_123, numRuns: 150 },
  );
  expect(moved).toBeGreaterThan(150);
});

test('where no split changes, no row is divided again', () => {
  const stream = largeSet('overlapping classes', 9_000, 2, 2, 29);
  const slides = new KeptSlides(stream, 1, 8_000);
  const kept = new KeptFit();
  kept.fit(...slides.whole(), LIMITS);
  const divide = jest.spyOn(RowBlock.prototype, 'divide');
  const still = encodeTree(kept.move(slides.move([0], [0]), LIMITS)!);
  expect(divide).not.toHaveBeenCalled();
  expect(still).toBe(encodeTree(fitExact(slides.whole()[0], LIMITS)));
});

test('a threshold that moves takes the rows between along', () => {
  const values = Float64Array.from({ length: 400 }, (_, i) => i);
  const table = (classes: Uint32Array): TrainingSet => ({
    rowCount: classes.length,
    columns: [values.slice(0, classes.length)],
    classes,
    featureNames: ['a'],
    classNames: ['x', 'y'],
  });
  // Classes change at 200; then rows of x come at 200 to 209, nine times each, and outweigh those of y there.
  const first = table(Uint32Array.from(values, (_, i) => (i < 200 ? 0 : 1)));
  const added: TrainingSet = {
    ...first,
    rowCount: 90,
    columns: [Float64Array.from({ length: 90 }, (_, i) => 200 + (i % 10))],
    classes: new Uint32Array(90),
  };
  const kept = new KeptFit();
  const origins = (from: number, count: number) => ({
    sources: new Uint32Array(count),
    sequences: Float64Array.from({ length: count }, (_, i) => from + i),
  });
  const tuning = { ...tuningFor(first), localRowsMax: 8, bucketsMax: 64 };
  kept.fit(first, origins(0, 400), LIMITS, tuning);
  const tree = kept.move({ keptFrom: [0], added, origins: origins(400, 90) }, LIMITS);
  const all = rowsOf([first, added]);
  expect(encodeTree(tree!)).toBe(encodeTree(fitExact(all, LIMITS)));
  expect(tree!.threshold[0]).toBe(209.5);
});

test('a window of one class is divided once it has others, among whatever slots they have', () => {
  const stream = driftingSet(900, 2, 5);
  for (let row = 0; row < stream.rowCount; row++) stream.classes[row] = row < 400 ? 0 : row % 2;
  const slides = new KeptSlides(stream, 1, 400);
  const kept = new KeptFit();
  kept.fit(...slides.whole(), LIMITS, { ...tuningFor(stream), localRowsMax: 8, bucketsMax: 16 });
  const tree = kept.move(slides.move([90], [190]), LIMITS);
  expect(encodeTree(tree!)).toBe(encodeTree(fitExact(slides.whole()[0], LIMITS)));
});

test('a window that grows is kept as long as there is room, and a larger one is fitted anew', () => {
  const stream = largeSet('overlapping classes', 12_000, 2, 2, 31);
  const slides = new KeptSlides(stream, 1, 8_000);
  const kept = new KeptFit();
  kept.fit(...slides.whole(), LIMITS);
  expect(kept.move(slides.move([2_000], [0]), LIMITS)).toEqual(fitExact(slides.whole()[0], LIMITS));
  expect(kept.move(slides.move([1], [0]), LIMITS)).toBeNull();
});

test('once half of the rows are new, the window is fitted anew', () => {
  const stream = largeSet('overlapping classes', 9_000, 2, 2, 37);
  const slides = new KeptSlides(stream, 1, 4_000);
  const kept = new KeptFit();
  kept.fit(...slides.whole(), LIMITS);
  expect(kept.move(slides.move([1_000], [1_000]), LIMITS)).not.toBeNull();
  expect(kept.move(slides.move([1_000], [1_000]), LIMITS)).not.toBeNull();
  expect(kept.move(slides.move([1], [1]), LIMITS)).toBeNull();
});

test('a value that has no bucket of its own yet makes all buckets anew', () => {
  const stream = largeSet('labels that are noise on few values', 5_000, 2, 2, 41);
  stream.columns[0]![4_000] = 3.25;
  const slides = new KeptSlides(stream, 1, 4_000);
  const kept = new KeptFit();
  kept.fit(...slides.whole(), LIMITS);
  const move = slides.move([1], [1]);
  expect(kept.move(move, LIMITS)).toBeNull();
  const tree = kept.fit(...slides.whole(), LIMITS);
  expect(encodeTree(tree)).toBe(encodeTree(fitExact(slides.whole()[0], LIMITS)));
});

test('other limits, features or classes are fitted anew', () => {
  const stream = largeSet('overlapping classes', 5_000, 2, 2, 43);
  for (const change of ['limits', 'features', 'classes', 'nothing', 'forgotten']) {
    const slides = new KeptSlides(stream, 1, 4_000);
    const kept = new KeptFit();
    kept.fit(...slides.whole(), LIMITS);
    const move = slides.move([10], [10]);
    if (change === 'forgotten') kept.forget();
    const added = {
      ...move.added,
      ...(change === 'features' ? { featureNames: ['f0', 'other'] } : {}),
      ...(change === 'classes' ? { classNames: ['c0', 'c1', 'c2'] } : {}),
    };
    const limits = change === 'limits' ? { maxDepth: 64, minLeafRows: 2 } : LIMITS;
    expect(kept.move({ ...move, added }, limits) === null).toBe(change !== 'nothing');
  }
});

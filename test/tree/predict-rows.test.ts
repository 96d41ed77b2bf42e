import fc from 'fast-check';
import { compileTree, isCompilable, type Outcome } from '../../shared/tree/compiled-tree';
import { predictRows } from '../../shared/tree/predict-rows';
import { leafOf, majorityClass, nodeCount, type Tree } from '../../shared/tree/tree';
import { chainTree, someTree, VALUES } from './some-tree';

const RUNS = { seed: 5, numRuns: 600 };
const OUTCOMES: readonly Outcome[] = ['class', 'leaf'];

/** The results of `leafOf` for rows [from, to), one after the other. */
function walked(tree: Tree, features: Float64Array, from: number, to: number, wanted: Outcome): number[] {
  return Array.from({ length: to - from }, (_, i) => {
    const leaf = leafOf(tree, features, (from + i) * tree.featureNames.length);
    return wanted === 'class' ? majorityClass(tree, leaf) : leaf;
  });
}

function expectSame(tree: Tree, features: Float64Array, from: number, to: number): void {
  for (const wanted of OUTCOMES) {
    const into = new Uint32Array(to - from).fill(99);
    predictRows(compileTree(tree, wanted), features, from, to, into);
    expect([...into]).toEqual(walked(tree, features, from, to, wanted));
  }
}

test('many rows at once end where each ends alone, also values on thresholds and rows at odd places', () => {
  const value = fc.oneof(fc.constantFrom(...VALUES), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const rows = fc.array(value, { maxLength: 120 });
  fc.assert(
    fc.property(someTree, rows, fc.nat(9), (tree, values, skipped) => {
      const width = tree.featureNames.length;
      const rowCount = Math.floor(values.length / width);
      expectSame(tree, Float64Array.from(values), Math.min(skipped, rowCount), rowCount);
    }),
    RUNS,
  );
});

test.each([0, 1, 3, 4, 5, 511, 512, 513, 1_027])('%d rows, in blocks, each get their own outcome', (rows) => {
  const values = Float64Array.from({ length: rows }, (_, row) => (row * 7) % 45);
  expectSame(chainTree(40), values, 0, rows);
});

test('one block may hold rows that end at the root and rows that go 5,000 levels down', () => {
  const values = Float64Array.of(-1, 4_999, 5_000, 0.5, 4_998.5, 1e9, -1e9, 2_500, 6);
  expectSame(chainTree(5_000), values, 0, values.length);
});

test('a tree of one leaf predicts every row', () => {
  expectSame(chainTree(0), Float64Array.of(1, 2, 3, 4, 5), 0, 5);
});

test('the last of as many features as can be compiled is compared; one more is refused', () => {
  const tree = chainTree(3, 1_024);
  const values = new Float64Array(5 * 1_024);
  for (let row = 0; row < 5; row++) values[row * 1_024 + 1_023] = row;
  expect(isCompilable(tree)).toBe(true);
  expectSame(tree, values, 0, 5);
  expect(isCompilable(chainTree(3, 1_025))).toBe(false);
});

test('sibling leaves of one class become one end when classes are wanted, and stay apart when leaves are', () => {
  const tree = { ...chainTree(6), classCounts: new Uint32Array(13 * 2).map((_, i) => (i % 2) ^ 1) };
  expect(compileTree(tree, 'class').step).toHaveLength(1);
  expect(compileTree(tree, 'leaf').step).toHaveLength(nodeCount(tree));
});

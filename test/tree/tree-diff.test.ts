import fc from 'fast-check';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import { isLeaf, leafOf, majorityClass, type Tree } from '../../shared/tree/tree';
import { treeDiff } from '../../shared/tree/tree-diff';
import { trainingSet } from '../engine/training-sets';
import { irisTree } from '../support/stored-versions';

const LIMITS = { maxDepth: 8, minLeafRows: 1 };

const kinds = (before: Tree, after: Tree) => treeDiff(before, after).map(({ kind }) => kind);

/** One split on petal_length, whose right leaf predicts class `k`. */
function stump(k: number): Tree {
  const counts = Uint32Array.of(3, 2, 2, 3, 0, 0, 0, 2, 2);
  counts.set(k === 1 ? [0, 3, 1] : [0, 1, 3], 6);
  counts.set(k === 1 ? [3, 3, 1] : [3, 1, 3], 0);
  const { featureNames, classNames } = irisTree();
  return {
    featureNames,
    classNames,
    feature: Int32Array.of(2, -1, -1),
    threshold: Float64Array.of(2.45, 0, 0),
    left: Int32Array.of(1, -1, -1),
    right: Int32Array.of(2, -1, -1),
    classCounts: counts,
  };
}

test('a tree does not differ from itself, or from one with other class counts at the same splits', () => {
  const tree = irisTree();
  expect(treeDiff(tree, tree)).toEqual([]);
  expect(treeDiff(tree, { ...tree, classCounts: tree.classCounts.map((rows) => rows * 2) })).toEqual([]);
});

test('each kind of change has its name and its two nodes', () => {
  const [full, small] = [irisTree(), stump(1)];
  expect(treeDiff(full, irisTree(2.5))).toEqual([{ kind: 'threshold', before: 0, after: 0 }]);
  expect(treeDiff(small, full)).toEqual([{ kind: 'grown', before: 2, after: 2 }]);
  expect(treeDiff(full, small)).toEqual([{ kind: 'pruned', before: 2, after: 2 }]);
  expect(treeDiff(small, stump(2))).toEqual([{ kind: 'class', before: 2, after: 2 }]);
  const other = { ...full, feature: full.feature.map((f) => (f === 2 ? 0 : f)) };
  expect(treeDiff(full, other)).toEqual([{ kind: 'feature', before: 0, after: 0 }]);
});

test('the comparison continues below a moved threshold and stops at another feature', () => {
  const full = irisTree();
  const threshold = full.threshold.map((t) => (t === 1.75 ? 1.8 : t));
  expect(kinds(irisTree(2.5), { ...full, threshold })).toEqual(['threshold', 'threshold']);
});

test('a row that two trees send to different classes passes a change on its path', () => {
  const value = fc.integer({ min: 0, max: 6 });
  const rows = fc.array(fc.tuple(value, value, fc.integer({ min: 0, max: 2 })), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(rows, rows, value, value, (one, other, x, y) => {
      const [before, after] = [one, other].map((each) =>
        fitExact(
          trainingSet(
            [each.map(([a]) => a), each.map(([, b]) => b)],
            each.map(([, , k]) => k),
            3,
          ),
          LIMITS,
        ),
      ) as [Tree, Tree];
      const row = Float64Array.of(x, y);
      const [b, a] = [leafOf(before, row, 0), leafOf(after, row, 0)];
      const changed = treeDiff(before, after);
      if (majorityClass(before, b) === majorityClass(after, a)) return;
      const passed = new Set(nodesOn(before, row));
      expect(changed.some((change) => passed.has(change.before))).toBe(true);
    }),
  );
});

function nodesOn(tree: Tree, row: Float64Array): number[] {
  const nodes = [0];
  for (let node = 0; !isLeaf(tree, node); nodes.push(node)) {
    const side = row[tree.feature[node]!]! <= tree.threshold[node]! ? tree.left : tree.right;
    node = side[node]!;
  }
  return nodes;
}

import type { Tree } from '../../shared/tree/tree';
import { TreeBuilder } from '../../shared/tree/tree-builder';
import { checkTree } from '../../shared/tree/tree-check';

/** A chain of `splits` inner nodes whose left children are leaves of `k` rows of the first class. */
function chain(builder: TreeBuilder, splits: number, classes: number): Tree {
  const counts = (first: number) => Float64Array.from({ length: classes }, (_, k) => (k === 0 ? first : 0));
  let parent = builder.addLeaf(-1, counts(splits + 1));
  for (let i = 0; i < splits; i++) {
    builder.split(parent, 0, i + 0.5);
    builder.addLeaf(parent, counts(1));
    parent = builder.addLeaf(parent, counts(splits - i));
  }
  return builder.finish();
}

const names = (classes: number) => Array.from({ length: classes }, (_, k) => `c${k}`);

test('a tree larger than any before it has every node', () => {
  for (const [splits, classes] of [
    [3, 2],
    [700, 3],
    [20, 256],
    [5_000, 2],
  ] as const) {
    const tree = chain(new TreeBuilder(['x'], names(classes)), splits, classes);
    checkTree(tree);
    expect(tree.feature.length).toBe(2 * splits + 1);
    expect(tree.classCounts.length).toBe((2 * splits + 1) * classes);
    expect(tree.threshold.filter((each) => each !== 0)).toEqual(
      Float64Array.from({ length: splits }, (_, i) => i + 0.5),
    );
  }
});

test('a leaf has threshold 0, also where a node of an earlier tree was split', () => {
  chain(new TreeBuilder(['x'], names(2)), 10, 2);
  const builder = new TreeBuilder(['x'], names(2));
  for (let i = 0; i < 5; i++) builder.addLeaf(i === 0 ? -1 : (i - 1) >> 1, Float64Array.of(1, 1));
  expect([...builder.finish().threshold]).toEqual([0, 0, 0, 0, 0]);
});

test('the next tree does not change a finished one', () => {
  const tree = chain(new TreeBuilder(['x'], names(2)), 4, 2);
  const before = structuredClone(tree);
  chain(new TreeBuilder(['x'], names(2)), 9, 2);
  expect(tree).toEqual(before);
});

test('two builders at a time do not write into each other', () => {
  const first = new TreeBuilder(['x'], names(2));
  const second = new TreeBuilder(['x'], names(2));
  const root = first.addLeaf(-1, Float64Array.of(3, 4));
  second.addLeaf(-1, Float64Array.of(8, 9));
  first.split(root, 0, 1.5);
  expect([...second.finish().classCounts]).toEqual([8, 9]);
  const third = new TreeBuilder(['x'], names(2));
  third.addLeaf(-1, Float64Array.of(5, 6));
  first.addLeaf(root, Float64Array.of(3, 0));
  first.addLeaf(root, Float64Array.of(0, 4));
  expect([...first.finish().classCounts]).toEqual([3, 4, 3, 0, 0, 4]);
  expect([...third.finish().classCounts]).toEqual([5, 6]);
});

import { changesBetween } from '../../../services/dashboard/tree/tree-changes';
import { drawnTree } from './drawn-trees';

const BEFORE = drawnTree({ cut: 5, left: [3, 0], right: { cut: 7, left: [0, 2], right: [2, 1] } });

test('a tree compared with itself has no mark', () => {
  const changes = changesBetween(BEFORE, BEFORE);
  expect(changes?.marks.size).toBe(0);
  expect(changes?.words).toBe('no split and no leaf changed');
});

test('a moved threshold is marked with its old value, and its subtrees are compared', () => {
  const after = drawnTree({ cut: 5.5, left: [0, 3], right: { cut: 7, left: [0, 2], right: [2, 1] } });
  const changes = changesBetween(BEFORE, after);
  expect(changes?.marks).toEqual(
    new Map([
      [0, { kind: 'threshold', before: 'was ≤ 5' }],
      [1, { kind: 'class', before: 'was oak' }],
    ]),
  );
  expect(changes?.words).toBe('one threshold moved, one leaf predicts another class');
});

test('another feature, a grown leaf and a pruned split are different changes', () => {
  const grown = { cut: 1, left: [1, 0], right: [2, 0] } as const;
  const after = drawnTree({
    cut: 5,
    left: grown,
    right: { cut: 7, feature: 1, left: [0, 2], right: [2, 1] },
  });
  expect([...(changesBetween(BEFORE, after)?.marks.values() ?? [])]).toEqual([
    { kind: 'grown', before: 'was leaf oak' },
    { kind: 'feature', before: 'was height ≤ 7' },
  ]);
  expect([...(changesBetween(after, BEFORE)?.marks.values() ?? [])][0]).toEqual({
    kind: 'pruned',
    before: 'was height ≤ 1',
  });
});

test('each node counts the changes below it', () => {
  const after = drawnTree({ cut: 5, left: [3, 0], right: { cut: 8, left: [2, 0], right: [2, 1] } });
  expect(Array.from(changesBetween(BEFORE, after)!.below)).toEqual([2, 0, 1, 0, 0]);
});

test('trees of other features are not compared', () => {
  expect(changesBetween(BEFORE, { ...BEFORE, featureNames: ['height', 'depth'] })).toBeNull();
});

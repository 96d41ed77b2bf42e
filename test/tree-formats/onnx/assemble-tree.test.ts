import { assembleTree } from '../../../shared/tree-formats/onnx/assemble-tree';
import type { Ensemble } from '../../../shared/tree-formats/onnx/classifier';

const NAMES = { featureNames: ['x', 'y'], classNames: ['a', 'b'] };

/** The root, number 7, is in the middle of the file; its left child, number 3, is a split too. */
const STUMP: Ensemble = {
  nodeIds: [1, 3, 7, 9, 4],
  features: [0, 1, 0, 0, 0],
  isLeaf: [true, false, false, true, true],
  thresholds: [0, -0, 2.5, 0, 0],
  trueIds: [0, 9, 3, 0, 0],
  falseIds: [0, 4, 1, 0, 0],
  weights: [],
  labels: NAMES.classNames,
};
const LEAVES = new Map([
  [1, Uint32Array.of(1, 2)],
  [9, Uint32Array.of(3, 0)],
  [4, Uint32Array.of(0, 4)],
]);

test('nodes in any order become preorder, and an inner node has the sum of its children', () => {
  expect(assembleTree(STUMP, LEAVES, false, NAMES)).toEqual({
    ...NAMES,
    feature: Int32Array.of(0, 1, -1, -1, -1),
    threshold: Float64Array.of(2.5, 0, 0, 0, 0),
    left: Int32Array.of(1, 2, -1, -1, -1),
    right: Int32Array.of(4, 3, -1, -1, -1),
    classCounts: Uint32Array.of(4, 6, 3, 4, 3, 0, 0, 4, 1, 2),
  });
});

test('thresholds are widened if the file compares float32, and unchanged if it compares doubles', () => {
  expect([...assembleTree(STUMP, LEAVES, true, NAMES).threshold.subarray(0, 2)]).toEqual([
    2.5 + 2 ** -23,
    2 ** -150,
  ]);
});

test('more rows than a count can hold are refused and do not overflow', () => {
  const leaves = new Map([...LEAVES.keys()].map((id) => [id, Uint32Array.of(2 ** 31, 0)]));
  expect(() => assembleTree(STUMP, leaves, false, NAMES)).toThrow('rows to give their shares');
});

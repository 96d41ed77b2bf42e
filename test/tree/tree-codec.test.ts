import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import { type AlderError, isAlderError } from '../../shared/errors';
import type { Tree } from '../../shared/tree/tree';
import { decodeTree, encodeTree, TREE_BYTES_MAX, treeDigest } from '../../shared/tree/tree-codec';
import { tiedSets, trainingSet } from '../engine/training-sets';

const SMALL: Tree = fitExact(trainingSet([[1, 2, 3, 4]], [0, 1, 0, 1]), { maxDepth: 2, minLeafRows: 1 });
const SMALL_TEXT =
  '{"format":"alder-tree/1","features":["f0"],"classes":["c0","c1"],"feature":[0,-1,0,-1,-1],' +
  '"threshold":[1.5,0,2.5,0,0],"left":[1,-1,3,-1,-1],"right":[2,-1,4,-1,-1],' +
  '"classCounts":[[2,2],[1,0],[1,2],[0,1],[1,1]]}';

/** The small tree's text with some fields replaced; undefined removes a field. */
function withFields(fields: Record<string, unknown>): string {
  return JSON.stringify({ ...JSON.parse(SMALL_TEXT), ...fields });
}

function refusalOf(run: () => unknown): AlderError {
  try {
    run();
  } catch (error) {
    if (isAlderError(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

test('the text is canonical: fixed key order, no spaces, shortest numbers', () => {
  expect(encodeTree(SMALL)).toBe(SMALL_TEXT);
});

test('the digest is the sha256 of the text', () => {
  expect(treeDigest(SMALL_TEXT)).toBe(createHash('sha256').update(SMALL_TEXT).digest('hex'));
});

test('every fitted tree is decoded unchanged from its text, to the last bit of its thresholds', () => {
  fc.assert(
    fc.property(tiedSets, (rows) => {
      const tree = fitExact(rows, { maxDepth: 64, minLeafRows: 1 });
      const text = encodeTree(tree);
      expect(decodeTree(text)).toEqual(tree);
      expect(encodeTree(decodeTree(text))).toBe(text);
    }),
    { seed: 11 },
  );
});

test('a chain of 100,001 nodes is decoded without recursion', () => {
  const links = 50_000;
  const text = JSON.stringify({
    format: 'alder-tree/1',
    features: ['x'],
    classes: ['a'],
    feature: Array.from({ length: 2 * links + 1 }, (_, node) =>
      node % 2 === 0 && node < 2 * links ? 0 : -1,
    ),
    threshold: Array.from({ length: 2 * links + 1 }, () => 0),
    left: Array.from({ length: 2 * links + 1 }, (_, node) =>
      node % 2 === 0 && node < 2 * links ? node + 1 : -1,
    ),
    right: Array.from({ length: 2 * links + 1 }, (_, node) =>
      node % 2 === 0 && node < 2 * links ? node + 2 : -1,
    ),
    // Each link leaves one row on its left and the rest on its right.
    classCounts: Array.from({ length: 2 * links + 1 }, (_, node) => [
      node % 2 === 1 ? 1 : links + 1 - node / 2,
    ]),
  });
  expect(decodeTree(text).feature).toHaveLength(2 * links + 1);
});

describe('invalid trees', () => {
  test.each<[string, string, RegExp]>([
    ['it is not JSON', '{', /not valid JSON/],
    ['it is not an object', '[]', /not an object/],
    ['it has another format', withFields({ format: 'alder-tree/2' }), /"alder-tree\/2".*alder-tree\/1/],
    ['it has no format', withFields({ format: undefined }), /alder-tree\/1/],
    ['a field is missing', withFields({ left: undefined }), /left is missing/],
    ['a field is unknown', withFields({ extra: 1 }), /extra is not a field/],
    ['it has no features', withFields({ features: [] }), /features is empty/],
    ['a feature name is a number', withFields({ features: [1] }), /features\[0\] is not a name/],
    ['a class name stands twice', withFields({ classes: ['c0', 'c0'] }), /classes\[1\] stands twice/],
    ['it has no nodes', withFields({ feature: [] }), /feature is empty/],
    ['an array is an object', withFields({ feature: {} }), /feature is not an array/],
    [
      'an array is shorter than the others',
      withFields({ right: [2, -1, 4, -1] }),
      /right has the length 4, not 5/,
    ],
    ['an index is a fraction', withFields({ left: [1.5, -1, 3, -1, -1] }), /left\[0\] is not an index/],
    [
      'an index is past 32 bits',
      withFields({ left: [2 ** 32 + 1, -1, 3, -1, -1] }),
      /left\[0\] is not an index/,
    ],
    ['a threshold is infinite', SMALL_TEXT.replace('1.5', '1e999'), /threshold\[0\] is not a finite number/],
    [
      'a threshold is null',
      withFields({ threshold: [null, 0, 2.5, 0, 0] }),
      /threshold\[0\] is not a finite/,
    ],
    [
      'a feature is past the last one',
      withFields({ feature: [1, -1, 0, -1, -1] }),
      /node 0: feature 1 is not among/,
    ],
    ['a feature is below -1', withFields({ feature: [0, -2, 0, -1, -1] }), /feature\[1\] is not an index/],
    [
      'a child is past the last node',
      withFields({ right: [2, -1, 5, -1, -1] }),
      /node 2: child 5 is past the last/,
    ],
    [
      'a child is its own parent',
      withFields({ left: [0, -1, 3, -1, -1] }),
      /node 0: child 0 does not come after it/,
    ],
    [
      'a child comes before its parent',
      withFields({ left: [1, -1, 1, -1, -1] }),
      /node 2: child 1 does not come/,
    ],
    [
      'an inner node has one child',
      withFields({ right: [-1, -1, 4, -1, -1] }),
      /node 0: child -1 does not come/,
    ],
    [
      'both children are the same node',
      withFields({ right: [1, -1, 4, -1, -1] }),
      /node 1: it is a child twice/,
    ],
    [
      'two nodes share a child',
      withFields({
        right: [3, -1, 4, -1, -1],
        classCounts: [
          [1, 1],
          [1, 0],
          [1, 2],
          [0, 1],
          [1, 1],
        ],
      }),
      /node 3: it is a child twice/,
    ],
    ['a leaf has a child', withFields({ left: [1, 4, 3, -1, -1] }), /node 1: it is a leaf with a child/],
    [
      'a leaf has a threshold',
      withFields({ threshold: [1.5, 1, 2.5, 0, 0] }),
      /node 1: it is a leaf with the threshold 1/,
    ],
    [
      'a node has no parent',
      withFields({
        feature: [-1, -1, 0, -1, -1],
        threshold: [0, 0, 2.5, 0, 0],
        left: [-1, -1, 3, -1, -1],
        right: [-1, -1, 4, -1, -1],
      }),
      /node 1: no node has it as a child/,
    ],
    [
      'counts have another shape',
      withFields({ classCounts: [[2, 2], [1], [1, 2], [0, 1], [1, 1]] }),
      /classCounts\[1\] has the length 1, not 2/,
    ],
    [
      'a count is a fraction',
      withFields({
        classCounts: [
          [2, 2],
          [1, 0],
          [1, 2],
          [0.5, 1],
          [0.5, 1],
        ],
      }),
      /classCounts\[3\]\[0\] is not a count/,
    ],
    [
      'a count is negative',
      withFields({
        classCounts: [
          [2, 2],
          [1, 0],
          [1, 2],
          [-1, 1],
          [2, 1],
        ],
      }),
      /classCounts\[3\]\[0\] is not a count/,
    ],
    [
      'a count is not the sum below',
      withFields({
        classCounts: [
          [2, 2],
          [1, 0],
          [1, 2],
          [0, 1],
          [1, 2],
        ],
      }),
      /node 2: it has 2 rows of class 1, its children have 3/,
    ],
    [
      'a leaf holds no row',
      withFields({
        classCounts: [
          [1, 2],
          [0, 0],
          [1, 2],
          [0, 1],
          [1, 1],
        ],
      }),
      /node 1: it holds no row/,
    ],
  ])('a tree is refused as invalid, with its fault named, when %s', (_, text, fault) => {
    const refusal = refusalOf(() => decodeTree(text));
    expect(refusal.code).toBe('tree-invalid');
    expect(refusal.message).toMatch(fault);
  });
});

test('a text above 16 MiB is refused before it is parsed', () => {
  const refusal = refusalOf(() => decodeTree(' '.repeat(TREE_BYTES_MAX + 1)));
  expect(refusal.code).toBe('tree-too-large');
});

test('the limit of a text counts bytes of UTF-8, not characters', () => {
  const refusal = refusalOf(() =>
    encodeTree({ ...SMALL, classNames: ['€'.repeat(TREE_BYTES_MAX / 3), 'c1'] }),
  );
  expect(refusal.code).toBe('tree-too-large');
});

test('a tree with too many nodes is refused before any text is made', () => {
  // A node of one class takes 12 bytes at least.
  const nodes = Math.ceil(TREE_BYTES_MAX / 12) + 1;
  const column = new Int32Array(nodes);
  const tree: Tree = {
    featureNames: ['x'],
    classNames: ['a'],
    feature: column,
    threshold: new Float64Array(nodes),
    left: column,
    right: column,
    classCounts: new Uint32Array(nodes),
  };
  expect(refusalOf(() => encodeTree(tree)).code).toBe('tree-too-large');
});

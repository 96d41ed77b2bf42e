import fc from 'fast-check';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import { readCanonicalTree } from '../../shared/tree/canonical-reader';
import { atOnce } from '../../shared/tree/steps';
import type { Tree } from '../../shared/tree/tree';
import {
  decodeTree,
  decodeTreeInSteps,
  encodeTree,
  TREE_FORMAT,
  treeDigest,
  treeDigestInSteps,
} from '../../shared/tree/tree-codec';
import { tiedSets, trainingSet } from '../engine/training-sets';

const LIMITS = { maxDepth: 64, minLeafRows: 1 };

const LARGE = chainOf(5_000);
const SMALL_TEXT = encodeTree(fitExact(trainingSet([[1, 2, 30, 4]], [0, 1, 0, 1]), LIMITS));

const read = (text: string): Tree | null => atOnce(readCanonicalTree(text, TREE_FORMAT));

/** A tree in which each inner node has one row on its left and all others on its right. */
function chainOf(links: number): Tree {
  const nodes = Array.from({ length: 2 * links + 1 }, (_, node) => node);
  const isLink = (node: number) => node % 2 === 0 && node < 2 * links;
  return {
    featureNames: ['x'],
    classNames: ['a'],
    feature: Int32Array.from(nodes, (node) => (isLink(node) ? 0 : -1)),
    threshold: Float64Array.from(nodes, (node) => (isLink(node) ? node / 7 : 0)),
    left: Int32Array.from(nodes, (node) => (isLink(node) ? node + 1 : -1)),
    right: Int32Array.from(nodes, (node) => (isLink(node) ? node + 2 : -1)),
    classCounts: Uint32Array.from(nodes, (node) => (node % 2 === 1 ? 1 : links + 1 - node / 2)),
  };
}

/** The decoded tree of a text, or the message of its refusal. */
function outcomeOf(text: string): unknown {
  try {
    return decodeTree(text);
  } catch (error) {
    return String(error);
  }
}

test('the fast reader reads every encoded text as the tree that it was made of', () => {
  fc.assert(
    fc.property(tiedSets, (rows) => {
      const tree = fitExact(rows, LIMITS);
      expect(read(encodeTree(tree))).toEqual(tree);
    }),
    { seed: 21 },
  );
});

test('the fast reader reads any finite threshold as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (threshold) => {
      const text = SMALL_TEXT.replace(/"threshold":\[[^,]+/, `"threshold":[${JSON.stringify(threshold)}`);
      expect(read(text)?.threshold[0]).toBe(JSON.parse(text).threshold[0]);
    }),
    { seed: 22, numRuns: 1_000 },
  );
});

test('the fast reader reads names in any script, and names that look like the next field', () => {
  const names = ['größe', '花', '😀', '","feature":[0', 'a\\"b', '\ud800'];
  const tree = { ...decodeTree(SMALL_TEXT), featureNames: names };
  expect(read(encodeTree(tree))).toEqual(tree);
});

test('the fast reader and the strict one agree on every text with one character changed, added or removed', () => {
  const place = fc.nat({ max: SMALL_TEXT.length - 1 });
  const character = fc.constantFrom(...'0123456789-+.eE,:[]{}" a\\é');
  fc.assert(
    fc.property(place, fc.constantFrom(0, 1), fc.option(character), (at, left, put) => {
      const text = SMALL_TEXT.slice(0, at) + (put ?? '') + SMALL_TEXT.slice(at + left);
      // A text with a space after it is not canonical, so the strict reader decides on it.
      expect(read(`${text} `)).toBeNull();
      expect(outcomeOf(text)).toEqual(outcomeOf(`${text} `));
    }),
    { seed: 23, numRuns: 3_000 },
  );
});

test.each([
  ['a threshold of -0', '"threshold":[1.5', '"threshold":[-0'],
  ['a threshold beyond the largest double', '"threshold":[1.5', '"threshold":[1e999'],
  ['an index with a leading zero', '"left":[1,', '"left":[01,'],
  ['an index beyond 32 bits', '"left":[1,', '"left":[4294967297,'],
  ['an index below -1', '"left":[1,', '"left":[-2,'],
  ['fewer thresholds than nodes', '"threshold":[1.5,', '"threshold":['],
  ['more thresholds than nodes', '"threshold":[1.5,', '"threshold":[1.5,1.5,'],
  ['a node without counts', '"classCounts":[[2,2],', '"classCounts":['],
  ['a count too many', '[[2,2],', '[[2,2,2],'],
  ['an empty array', '"left":[', '"left":[],"x":['],
  ['another format', 'alder-tree/1', 'alder-tree/2'],
  ['no feature column', '"feature":', '"featur":'],
])('a text with %s is left to the strict reader', (_, part, replacement) => {
  expect(SMALL_TEXT).toContain(part);
  expect(read(SMALL_TEXT.replace(part, replacement))).toBeNull();
});

test('a text that ends too early, or continues after the tree, is left to the strict reader', () => {
  for (let end = 0; end < SMALL_TEXT.length; end++) expect(read(SMALL_TEXT.slice(0, end))).toBeNull();
  expect(read(`${SMALL_TEXT} `)).toBeNull();
});

test('a large tree is decoded and digested in many steps, with the same result', () => {
  const text = encodeTree(LARGE);
  let stepCount = 0;
  const counted = <T>(steps: Generator<void, T>): T => {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      stepCount++;
    }
  };
  expect(counted(decodeTreeInSteps(text))).toEqual(LARGE);
  expect(counted(treeDigestInSteps(text))).toBe(treeDigest(text));
  // A step reads 8 KiB, or less at the end of an array.
  expect(stepCount).toBeGreaterThan(text.length / 8_192 - 5);
});

import { createHash } from 'node:crypto';
import { AlderError } from '../errors';
import { readCanonicalTree } from './canonical-reader';
import { atOnce } from './steps';
import { textParts } from './text-parts';
import { nodeCount, type Tree } from './tree';
import { checkTreeInSteps } from './tree-check';
import { parseFields, readCounts, readDoubles, readIntegers, readNames } from './tree-fields';

export const TREE_FORMAT = 'alder-tree/1';
export const TREE_BYTES_MAX = 16 * 1_048_576;

const FIELDS = [
  'format',
  'features',
  'classes',
  'feature',
  'threshold',
  'left',
  'right',
  'classCounts',
] as const;

/**
 * The tree as canonical JSON: keys in the order of `FIELDS`, no spaces, JavaScript's shortest numbers; equal trees
 * give equal texts. Throws `tree-too-large` above `TREE_BYTES_MAX` bytes of UTF-8.
 */
export function encodeTree(tree: Tree): string {
  refuseTooLarge(fewestBytes(tree));
  const classes = tree.classNames.length;
  const text = JSON.stringify({
    format: TREE_FORMAT,
    features: tree.featureNames,
    classes: tree.classNames,
    feature: Array.from(tree.feature),
    threshold: Array.from(tree.threshold),
    left: Array.from(tree.left),
    right: Array.from(tree.right),
    classCounts: Array.from(tree.feature, (_, node) =>
      Array.from(tree.classCounts.subarray(node * classes, (node + 1) * classes)),
    ),
  });
  refuseTooLarge(Buffer.byteLength(text));
  return text;
}

/**
 * Reads a tree's text and checks all that a walk through it relies on. Throws `tree-too-large` above
 * `TREE_BYTES_MAX`, before anything is parsed; `tree-invalid` with the fault's name and place otherwise.
 */
export function decodeTree(text: string): Tree {
  return atOnce(decodeTreeInSteps(text));
}

/** The same in steps of a few tenths of a millisecond, for who has others waiting. */
export function* decodeTreeInSteps(text: string): Generator<void, Tree> {
  refuseTooLarge(Buffer.byteLength(text));
  const tree = (yield* readCanonicalTree(text, TREE_FORMAT)) ?? readAnyTree(text);
  yield* checkTreeInSteps(tree);
  return tree;
}

/** Any spelling that JSON allows, which this project never writes. */
function readAnyTree(text: string): Tree {
  const fields = parseFields(text, TREE_FORMAT, FIELDS);
  const featureNames = readNames(fields, 'features');
  const classNames = readNames(fields, 'classes');
  const feature = readIntegers(fields, 'feature');
  const nodes = feature.length;
  return {
    featureNames,
    classNames,
    feature,
    threshold: readDoubles(fields, 'threshold', nodes),
    left: readIntegers(fields, 'left', nodes),
    right: readIntegers(fields, 'right', nodes),
    classCounts: readCounts(fields, 'classCounts', nodes, classNames.length),
  };
}

/** Hex sha256 of a tree's text. */
export function treeDigest(text: string): string {
  return atOnce(treeDigestInSteps(text));
}

/** The same in steps. */
export function* treeDigestInSteps(text: string): Generator<void, string> {
  const hash = createHash('sha256');
  for (const part of textParts(text)) {
    hash.update(part);
    yield;
  }
  return hash.digest('hex');
}

/**
 * A lower bound of the text's bytes, so that a tree of many millions of nodes is refused before arrays and text of
 * several times its size are made. A node takes one digit and one comma in each of four columns, and two brackets,
 * a digit a class and as many commas in `classCounts`: 4 · 2 + 2 + 2 · classes; five last commas are not written.
 */
function fewestBytes(tree: Tree): number {
  return nodeCount(tree) * (10 + 2 * tree.classNames.length) - 5;
}

function refuseTooLarge(bytes: number): void {
  if (bytes > TREE_BYTES_MAX) {
    throw new AlderError(
      'tree-too-large',
      `the tree takes at least ${bytes} bytes, ${TREE_BYTES_MAX} are allowed`,
      {
        hint: 'lower maxDepth or windowRows, or raise minLeafRows',
      },
    );
  }
}

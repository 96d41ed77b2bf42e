import { createHash } from 'node:crypto';
import { AlderError } from '../errors';
import { readCanonicalTree } from './canonical-reader';
import { atOnce, textParts } from './steps';
import { readStrictTree } from './strict-reader';
import { nodeCount, type Tree } from './tree';
import { checkTreeInSteps } from './tree-check';

export const TREE_FORMAT = 'alder-tree/1';
export const TREE_BYTES_MAX = 16 * 1_048_576;

/**
 * Encodes a tree as canonical JSON: fixed key order, no spaces, JavaScript's shortest numbers. Equal trees give equal
 * texts. Throws `tree-too-large` above `TREE_BYTES_MAX` bytes of UTF-8.
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
 * Decodes a tree's text and checks its invariants. Throws `tree-too-large` above `TREE_BYTES_MAX`, before it parses
 * anything, and `tree-invalid` naming the fault and its place.
 */
export function decodeTree(text: string): Tree {
  return atOnce(decodeTreeInSteps(text));
}

/** `decodeTree` in steps (steps.ts) of a few tenths of a millisecond. */
export function* decodeTreeInSteps(text: string): Generator<void, Tree> {
  refuseTooLarge(Buffer.byteLength(text));
  const tree = (yield* readCanonicalTree(text, TREE_FORMAT)) ?? readStrictTree(text, TREE_FORMAT);
  yield* checkTreeInSteps(tree);
  return tree;
}

/** Hex sha256 of a tree's text. */
export function treeDigest(text: string): string {
  return atOnce(treeDigestInSteps(text));
}

/** `treeDigest` in steps. */
export function* treeDigestInSteps(text: string): Generator<void, string> {
  const hash = createHash('sha256');
  for (const part of textParts(text)) {
    hash.update(part);
    yield;
  }
  return hash.digest('hex');
}

/**
 * A lower bound of the text's bytes. With it `encodeTree` refuses a tree of many millions of nodes before it allocates
 * arrays and text of several times the tree's size. A node takes a digit and a comma in each of four arrays, and in
 * `classCounts` two brackets and, a class, a digit and a comma: 4 · 2 + 2 + 2 · classes. Each of the five arrays has no
 * comma after its last node.
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

import { AlderError } from '../errors';
import type { Tree } from '../tree/tree';
import { encodeTree } from '../tree/tree-codec';
import type { TreeFacts } from './tree-labels';

export const TREE_FORMAT_NAMES = ['json', 'text', 'dot', 'svg', 'ml-cart', 'onnx', 'pmml'] as const;
export type TreeFormatName = (typeof TREE_FORMAT_NAMES)[number];

interface TreeFileKind {
  readonly contentType: string;
  /** The file name's extension, with its dot. */
  readonly ending: string;
}

export const TREE_FILE_KINDS: Readonly<Record<TreeFormatName, TreeFileKind>> = {
  json: { contentType: 'application/json', ending: '.json' },
  text: { contentType: 'text/plain; charset=utf-8', ending: '.txt' },
  dot: { contentType: 'text/vnd.graphviz; charset=utf-8', ending: '.dot' },
  svg: { contentType: 'image/svg+xml', ending: '.svg' },
  'ml-cart': { contentType: 'application/json', ending: '.cart.json' },
  // ONNX has no registered media type.
  onnx: { contentType: 'application/octet-stream', ending: '.onnx' },
  pmml: { contentType: 'application/xml', ending: '.pmml' },
};

/** The format of a name that a user gave. Throws `export-format` for an unknown name. */
export function treeFormatByName(name: string): TreeFormatName {
  const known = TREE_FORMAT_NAMES.find((format) => format === name);
  if (known === undefined) {
    throw new AlderError('export-format', `there is no format ${JSON.stringify(name.slice(0, 40))}`, {
      hint: `take one of ${TREE_FORMAT_NAMES.join(', ')}`,
    });
  }
  return known;
}

/**
 * Writes a tree in a format: bytes for ONNX, text for the others. The same tree and facts give the same file. Throws
 * `export-format` when the format cannot hold this tree, and `tree-too-large` as `encodeTree`.
 *
 * Each writer, with the packages of ONNX and PMML, is loaded at its first use, so it costs no start-up time.
 */
export function encodeAs(format: TreeFormatName, tree: Tree, facts: TreeFacts = {}): string | Uint8Array {
  switch (format) {
    case 'json':
      return encodeTree(tree);
    case 'text':
      return (require('./text') as typeof import('./text')).encodeText(tree);
    case 'dot':
      return (require('./dot') as typeof import('./dot')).encodeDot(tree, facts);
    case 'svg':
      return (require('./svg') as typeof import('./svg')).encodeSvg(tree, facts);
    case 'ml-cart':
      return (require('./ml-cart') as typeof import('./ml-cart')).encodeMlCart(tree);
    case 'onnx':
      return (require('./onnx') as typeof import('./onnx')).encodeOnnx(tree, facts);
    case 'pmml':
      return (require('./pmml') as typeof import('./pmml')).encodePmml(tree, facts);
  }
}

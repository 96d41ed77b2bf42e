import { AlderError } from '../errors';
import { depth, type Tree } from '../tree/tree';

/** The deepest that the setting maxDepth lets a tree become. */
export const NESTED_DEPTH_MAX = 1_024;

/** Refuses a tree whose nested form would overflow the stack of whoever reads it. Throws `export-format`. */
export function refuseTooDeep(tree: Tree, format: string): void {
  const edges = depth(tree);
  if (edges <= NESTED_DEPTH_MAX) return;
  throw new AlderError(
    'export-format',
    `the tree is ${edges} levels deep, ${format} nests nodes and takes ${NESTED_DEPTH_MAX}`,
    { hint: 'take the format json, dot or onnx, which do not nest' },
  );
}

import { isLeaf, majorityClass, type Tree } from '../tree/tree';
import { printable } from './names';
import { classesAt } from './node-rows';
import { leavesBelow } from './subtree';

/** Every line of a node begins with as many steps as it is deep, so the text of a chain grows with its square. */
export const TEXT_DEPTH_MAX = 128;

/** A line that is still to be written, with the branch below it. */
interface Branch {
  readonly node: number;
  readonly depth: number;
  /** The test that leads here, '' at the root. */
  readonly test: string;
}

/**
 * A tree as indented text, as scikit-learn's `export_text` draws it: a line for each side of a split, and for each leaf
 * its class and the rows of the classes that it holds. Deeper than `TEXT_DEPTH_MAX`, a line says what was left out.
 */
export function encodeText(tree: Tree): string {
  const features = tree.featureNames.map(printable);
  const classes = tree.classNames.map(printable);
  const lines: string[] = [];
  const pending: Branch[] = [{ node: 0, depth: 0, test: '' }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, depth, test } = next;
    if (test !== '') lines.push(`${'|   '.repeat(depth - 1)}|--- ${test}`);
    const indent = `${'|   '.repeat(depth)}|--- `;
    if (isLeaf(tree, node)) {
      const rows = classesAt(tree, node).map(([k, count]) => `${classes[k]} ${count}`);
      lines.push(`${indent}class: ${classes[majorityClass(tree, node)]} (rows: ${rows.join(', ')})`);
    } else if (depth === TEXT_DEPTH_MAX) {
      lines.push(`${indent}left out: ${leavesBelow(tree, node)} leaves`);
    } else {
      const name = features[tree.feature[node]!];
      const threshold = tree.threshold[node]!;
      // Two spaces, so that the numbers of both sides stand below one another.
      pending.push({ node: tree.right[node]!, depth: depth + 1, test: `${name} >  ${threshold}` });
      pending.push({ node: tree.left[node]!, depth: depth + 1, test: `${name} <= ${threshold}` });
    }
  }
  return `${lines.join('\n')}\n`;
}

import { isLeaf, majorityClass, type Tree } from '../tree/tree';
import { printable } from './tree-labels';
import { classesAt, leavesBelow } from './tree-measures';

/** A line is indented by its node's depth, so the text of a chain of splits grows with the square of its length. */
export const TEXT_DEPTH_MAX = 128;

/** A pending line, with the branch below it. */
interface Branch {
  readonly node: number;
  readonly depth: number;
  /** The test that leads here, '' at the root. */
  readonly test: string;
}

/**
 * A tree as indented text in the style of scikit-learn's `export_text`: a line for each side of a split, and for each
 * leaf a line with its class and its rows by class. Below `TEXT_DEPTH_MAX` a line says how many leaves are left out.
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
      // Two spaces align the number with the one of the other side.
      pending.push({ node: tree.right[node]!, depth: depth + 1, test: `${name} >  ${threshold}` });
      pending.push({ node: tree.left[node]!, depth: depth + 1, test: `${name} <= ${threshold}` });
    }
  }
  return `${lines.join('\n')}\n`;
}

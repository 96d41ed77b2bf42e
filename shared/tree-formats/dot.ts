import { isLeaf, majorityClass, nodeCount, type Tree } from '../tree/tree';
import { mixColour } from './class-colours';
import { nameOf, printable, type TreeFacts } from './tree-labels';
import { classesAt, rowsText } from './tree-measures';

/** The most classes that a label lists; nobody reads a label of 256 lines. */
const LISTED_MAX = 8;

/**
 * A tree in Graphviz's DOT language. Each node is a box with its test or class and its rows, filled with the mix of its
 * class colours. Left edges are labelled yes, right edges no.
 */
export function encodeDot(tree: Tree, facts: TreeFacts = {}): string {
  const lines = [
    `digraph ${quoted(nameOf(facts))} {`,
    '  node [shape=box, style="filled,rounded", fontname="Helvetica", color="#57606a", fontcolor="#000000"];',
    '  edge [fontname="Helvetica", color="#57606a", fontcolor="#57606a"];',
  ];
  for (let node = 0; node < nodeCount(tree); node++) {
    lines.push(`  ${node} [label=${labelOf(tree, node)}, fillcolor="${mixColour(tree, node)}"];`);
    if (isLeaf(tree, node)) continue;
    lines.push(`  ${node} -> ${tree.left[node]} [label="yes"];`);
    lines.push(`  ${node} -> ${tree.right[node]} [label="no"];`);
  }
  lines.push('}');
  return `${lines.join('\n')}\n`;
}

function labelOf(tree: Tree, node: number): string {
  const head = isLeaf(tree, node)
    ? tree.classNames[majorityClass(tree, node)]!
    : `${tree.featureNames[tree.feature[node]!]} <= ${tree.threshold[node]}`;
  const classes = classesAt(tree, node);
  const listed = classes.slice(0, LISTED_MAX).map(([k, rows]) => `${escaped(tree.classNames[k]!)}: ${rows}`);
  const rest = classes.length > LISTED_MAX ? [`and ${classes.length - LISTED_MAX} more classes`] : [];
  return `"${[escaped(head), rowsText(tree, node), ...listed, ...rest].join('\\n')}"`;
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/**
 * Graphviz reads a backslash in a label as the start of an escape, and an ampersand as the start of an HTML entity
 * (the language's page on the types escString and lblString).
 */
function escaped(text: string): string {
  return printable(text).replaceAll('&', '&amp;').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

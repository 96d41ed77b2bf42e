import { majorityClass, type Tree } from '../../../shared/tree/tree';
import { counted } from '../ui/format';
import { rowsAt } from './read-tree';

/** Five digits distinguish thresholds on screen; the node's title has all digits. */
const DIGITS_SHOWN = 5;

/** 2.4500000000000002 → `2.45`; 1e-7 stays. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(DIGITS_SHOWN)));
}

/** The text, cut to `charactersMax` characters with an ellipsis at its end. */
export function shortText(text: string, charactersMax: number): string {
  const characters = [...text];
  return characters.length <= charactersMax ? text : `${characters.slice(0, charactersMax - 1).join('')}…`;
}

/** `petal_length ≤ 2.45`, with all digits. */
export function splitAt({ featureNames, feature, threshold }: Tree, node: number): string {
  return `${featureNames[feature[node]!]} ≤ ${threshold[node]}`;
}

export function classAt(tree: Tree, node: number): string {
  return tree.classNames[majorityClass(tree, node)]!;
}

/** `38 setosa, 2 virginica`, without the classes that have no row. */
export function rowsInWords(tree: Tree, node: number): string {
  const rows = rowsAt(tree, node);
  const counts = tree.classNames.flatMap((name, k) => (rows[k]! > 0 ? [`${rows[k]} ${name}`] : []));
  return counts.join(', ');
}

export function totalRows(tree: Tree, node: number): number {
  return rowsAt(tree, node).reduce((sum, rows) => sum + rows, 0);
}

/** Describes a node for screen readers and as its title. */
export function nodeInWords(tree: Tree, node: number, leaves: number, isOpen: boolean): string {
  const rows = `${counted(totalRows(tree, node), 'row')}: ${rowsInWords(tree, node)}`;
  if (tree.feature[node]! < 0) return `leaf, predicts ${classAt(tree, node)}; ${rows}`;
  return `split ${splitAt(tree, node)}; ${rows}${isOpen ? '' : `; closed, ${counted(leaves, 'leaf', 'leaves')} below`}`;
}

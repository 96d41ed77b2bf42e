import { depth, isLeaf, leafCount, majorityClass, nodeCount, type Tree } from '../tree/tree';
import { classColour } from './class-colours';
import { nameOf, printable, shortened, type TreeFacts } from './tree-labels';
import { classesAt, leavesBelow, rowsAt, rowsText } from './tree-measures';

// In pixels at full size; the picture scales to its container.
const BOX_WIDTH = 172;
const BOX_HEIGHT = 58;
const STEP_X = 188;
const STEP_Y = 104;
const MARGIN = 16;
const FOOT = 28;
const BAR_HEIGHT = 6;
/** The characters that fit into a box in a font of 13 pixels. */
const LINE_CHARACTERS_MAX = 24;

const STYLE = `
.alder-tree text{font:13px system-ui,sans-serif;fill:#1b1f24;text-anchor:middle}
.alder-tree .small{font-size:11px;fill:#57606a}
.alder-tree .box{fill:#ffffff;stroke:#8c959f}
.alder-tree .edge{fill:none;stroke:#8c959f}
.alder-tree .cut{stroke-dasharray:4 3}
@media (prefers-color-scheme:dark){
.alder-tree text{fill:#e6edf3}
.alder-tree .small{fill:#9da7b3}
.alder-tree .box{fill:#161b22;stroke:#6e7681}
.alder-tree .edge{stroke:#6e7681}
}
`;

/**
 * A tree as a picture: leaves at equal distances, each parent above the middle of its children, and in each box a bar of
 * the classes' shares. Left edges are labelled yes, right edges no. The picture has a title and a description for screen
 * readers, colours for light and dark pages, and full names as tooltips. A tree of more than `ENDS_MAX` leaves is drawn
 * down to some depth, and the picture says how many leaves are left out.
 */
export function encodeSvg(tree: Tree, facts: TreeFacts = {}): string {
  const layout = layOut(tree);
  const foot = footOf(tree, layout);
  const width = Math.max((layout.ends - 1) * STEP_X + BOX_WIDTH, foot === '' ? 0 : 3 * STEP_X) + 2 * MARGIN;
  const height = layout.depth * STEP_Y + BOX_HEIGHT + 2 * MARGIN + (foot === '' ? 0 : FOOT);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="alder-tree" role="img" viewBox="0 0 ${width} ${height}" aria-labelledby="alder-tree-title alder-tree-desc">`,
    `<title id="alder-tree-title">${escapeXml(nameOf(facts))}</title>`,
    `<desc id="alder-tree-desc">${escapeXml(describe(tree, foot))}</desc>`,
    `<style>${STYLE}</style>`,
    ...layout.nodes.flatMap((parent) => parent.children.map((child, side) => edgeTo(parent, child, side))),
    ...layout.nodes.map((placed) => boxOf(tree, placed)),
    ...(foot === '' ? [] : [`<text class="small" x="${width / 2}" y="${height - MARGIN}">${foot}</text>`]),
    '</svg>\n',
  ].join('\n');
}

function describe(tree: Tree, foot: string): string {
  const rows = classesAt(tree, 0).map(([k, count]) => `${tree.classNames[k]} ${count}`);
  const size = `${nodeCount(tree)} nodes, ${leafCount(tree)} leaves, ${depth(tree)} levels below the root`;
  return `A decision tree of ${size}, fitted on ${rowsText(tree, 0)}: ${rows.join(', ')}.${foot === '' ? '' : ` ${foot}.`}`;
}

function footOf(tree: Tree, layout: Layout): string {
  if (layout.leftOut === 0) return '';
  return `drawn to level ${layout.depth} of ${depth(tree)}: ${layout.leftOut} of ${leafCount(tree)} leaves are left out`;
}

function edgeTo(parent: PlacedNode, child: PlacedNode, side: number): string {
  const [x1, y1] = [centreOf(parent), topOf(parent) + BOX_HEIGHT];
  const [x2, y2] = [centreOf(child), topOf(child)];
  const middle = (y1 + y2) / 2;
  // A label stands on the outer side of its edge.
  const labelX = x2 + (side === 0 ? -14 : 14);
  return `<path class="edge" d="M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}"/><text class="small" x="${labelX}" y="${y2 - 8}">${side === 0 ? 'yes' : 'no'}</text>`;
}

function boxOf(tree: Tree, placed: PlacedNode): string {
  const { node, leftOut } = placed;
  const [centre, top] = [centreOf(placed), topOf(placed)];
  const left = centre - BOX_WIDTH / 2;
  const feature = tree.feature[node]!;
  const threshold = tree.threshold[node]!;
  const head =
    feature < 0
      ? tree.classNames[majorityClass(tree, node)]!
      : `${tree.featureNames[feature]} ≤ ${threshold}`;
  const line = feature < 0 ? head : testLine(tree.featureNames[feature]!, threshold);
  const rows = classesAt(tree, node).map(([k, count]) => `${tree.classNames[k]} ${count}`);
  const small = leftOut > 0 ? `${leftOut} leaves below` : rowsText(tree, node);
  return [
    `<g><title>${escapeXml(`${head}: ${rows.join(', ')}`)}</title>`,
    `<rect class="box${leftOut > 0 ? ' cut' : ''}" x="${left}" y="${top}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="6"/>`,
    `<text x="${centre}" y="${top + 20}">${escapeXml(shortened(line, LINE_CHARACTERS_MAX))}</text>`,
    `<text class="small" x="${centre}" y="${top + 36}">${small}</text>`,
    `${barOf(tree, node, left + 8, top + BOX_HEIGHT - 14)}</g>`,
  ].join('');
}

/** A test in one line. A long number is rounded before the name of its feature is shortened. */
function testLine(name: string, threshold: number): string {
  const number = String(threshold).length > 8 ? String(Number(threshold.toPrecision(5))) : String(threshold);
  return `${shortened(name, Math.max(4, LINE_CHARACTERS_MAX - 3 - number.length))} ≤ ${number}`;
}

function barOf(tree: Tree, node: number, left: number, top: number): string {
  const scale = (BOX_WIDTH - 16) / rowsAt(tree, node);
  let from = 0;
  return classesAt(tree, node)
    .map(([k, count]) => {
      const at = left + from * scale;
      from += count;
      return `<rect x="${pixels(at)}" y="${top}" width="${pixels(count * scale)}" height="${BAR_HEIGHT}" fill="${classColour(k)}"/>`;
    })
    .join('');
}

function centreOf(placed: PlacedNode): number {
  return MARGIN + BOX_WIDTH / 2 + placed.x * STEP_X;
}

function topOf(placed: PlacedNode): number {
  return MARGIN + placed.depth * STEP_Y;
}

/** Rounds to a thousandth of a pixel, which is finer than any screen. */
function pixels(value: number): number {
  return Number(value.toFixed(3));
}

function escapeXml(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The most ends of a picture. More ends are unreadable and make a file of a megabyte. */
export const ENDS_MAX = 200;

export interface PlacedNode {
  readonly node: number;
  /** In steps from the left: 0, 1, 2 … for the ends, and for a parent the middle of its children. */
  readonly x: number;
  /** Edges from the root. */
  readonly depth: number;
  /** The number of leaves below the node that are not drawn. */
  readonly leftOut: number;
  readonly children: readonly PlacedNode[];
}

export interface Layout {
  /** Every drawn node; a parent comes after its children. */
  readonly nodes: readonly PlacedNode[];
  readonly ends: number;
  readonly depth: number;
  readonly leftOut: number;
}

/** Places the nodes down to the greatest depth that gives at most `ENDS_MAX` ends. */
export function layOut(tree: Tree): Layout {
  const deepest = drawnDepth(tree);
  const placed = new Map<number, PlacedNode>();
  const pending: { readonly node: number; readonly depth: number; readonly isOpen: boolean }[] = [];
  pending.push({ node: 0, depth: 0, isOpen: false });
  let ends = 0;
  let depth = 0;
  let leftOut = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node } = next;
    if (isLeaf(tree, node) || next.depth === deepest) {
      const leaves = isLeaf(tree, node) ? 0 : leavesBelow(tree, node);
      placed.set(node, { node, x: ends++, depth: next.depth, leftOut: leaves, children: [] });
      depth = Math.max(depth, next.depth);
      leftOut += leaves;
    } else if (next.isOpen) {
      const children = [placed.get(tree.left[node]!)!, placed.get(tree.right[node]!)!];
      const x = (children[0]!.x + children[1]!.x) / 2;
      placed.set(node, { node, x, depth: next.depth, leftOut: 0, children });
    } else {
      const below = { depth: next.depth + 1, isOpen: false };
      pending.push({ ...next, isOpen: true });
      pending.push({ node: tree.right[node]!, ...below }, { node: tree.left[node]!, ...below });
    }
  }
  return { nodes: [...placed.values()], ends, depth, leftOut };
}

/** The greatest depth down to which the tree has at most `ENDS_MAX` ends. */
function drawnDepth(tree: Tree): number {
  const depthOf = new Int32Array(nodeCount(tree));
  /** At each depth the number of nodes, and the number of splits. */
  const nodesAt: number[] = [];
  const splitsAt: number[] = [];
  for (let node = 0; node < depthOf.length; node++) {
    const depth = depthOf[node]!;
    nodesAt[depth] = (nodesAt[depth] ?? 0) + 1;
    if (isLeaf(tree, node)) continue;
    splitsAt[depth] = (splitsAt[depth] ?? 0) + 1;
    depthOf[tree.left[node]!] = depth + 1;
    depthOf[tree.right[node]!] = depth + 1;
  }
  let leavesAbove = 0;
  let depth = 0;
  while (depth + 1 < nodesAt.length) {
    leavesAbove += nodesAt[depth]! - (splitsAt[depth] ?? 0);
    if (leavesAbove + nodesAt[depth + 1]! > ENDS_MAX) break;
    depth++;
  }
  return depth;
}

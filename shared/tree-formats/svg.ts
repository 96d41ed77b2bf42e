import { depth, leafCount, majorityClass, nodeCount, type Tree } from '../tree/tree';
import { classColour } from './class-colours';
import { printable, shortened } from './names';
import { classesAt, rowsAt, rowsText } from './node-rows';
import { type Layout, layOut, type PlacedNode } from './svg-layout';
import { nameOf, type TreeFacts } from './tree-facts';

// All in pixels at full size; the picture scales to the place that it is shown in.
const BOX_WIDTH = 172;
const BOX_HEIGHT = 58;
const STEP_X = 188;
const STEP_Y = 104;
const MARGIN = 16;
const FOOT = 28;
const BAR_HEIGHT = 6;
/** What fits into a box at 13 pixels. */
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
 * A tree as a picture: leaves at even steps, a parent above the middle of its children, and in each box a bar of the
 * classes' shares. Left edges say yes, right ones no. It has a title and a description for screen readers, colours for
 * light and dark pages, and names in full where the pointer rests. A tree of more than `ENDS_MAX` leaves is drawn to a
 * depth, and the picture says how many leaves are missing.
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
  // Labels stand on the outer side of their edges.
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

/** A test in one line: a long number loses digits before the name of its feature does. */
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

/** A thousandth of a pixel is more than any screen shows. */
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

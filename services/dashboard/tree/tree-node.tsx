import type { Tree } from '../../../shared/tree/tree';
import { classColour } from '../ui/format';
import { classAt, nodeInWords, shortNumber, shortText, totalRows } from './node-words';
import { rowsAt } from './read-tree';
import type { NodeMark } from './tree-changes';
import { NODE_HEIGHT, type PlacedNode } from './tree-layout';

interface TreeNodeProps {
  readonly tree: Tree;
  readonly placed: PlacedNode;
  readonly leaves: number;
  readonly isLit: boolean;
  readonly mark: NodeMark | null;
  /** Changed nodes that are hidden below. */
  readonly changesHidden: number;
  /** Whether the Tab key stops at this node. */
  readonly isStop: boolean;
  /** Appended to the node's description for screen readers. */
  readonly heard: string;
}

const PAD = 9;
/** Width of a wide sans-serif character in pixels: the heading's is bold at 12 px, the row counts' at 11 px. */
const HEAD_CHARACTER_WIDTH = 7.2;
const CHARACTER_WIDTH = 6.6;
/** The counts of more classes do not fit side by side. */
const CLASSES_COUNTED_MAX = 4;

/** One node: its split or class, its row counts, and the bar of its classes. The tree handles the events of all nodes. */
export function TreeNode(props: TreeNodeProps) {
  const { tree, placed, leaves, isLit, mark, changesHidden, isStop, heard } = props;
  const { node, x, y, width, isLeaf, isOpen } = placed;
  const words = nodeInWords(tree, node, leaves, isOpen) + heard;
  const marked = mark === null ? '' : ` is-${mark.kind}`;
  return (
    <g
      id={`node-${node}`}
      data-node={node}
      role="treeitem"
      aria-level={placed.level}
      aria-posinset={placed.place}
      aria-setsize={placed.level === 1 ? 1 : 2}
      aria-expanded={isLeaf ? undefined : isOpen}
      tabindex={isStop ? 0 : -1}
      class={`tree-node${isLeaf ? ' is-leaf' : ''}${isLit ? ' is-lit' : ''}${mark === null ? '' : ' is-changed'}${marked}`}
      transform={`translate(${x - width / 2} ${y})`}
    >
      <title>{words}</title>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: no element in here takes the focus. */}
      <g aria-hidden="true">
        <rect class="node-box" width={width} height={NODE_HEIGHT} rx={isLeaf ? 14 : 6} />
        <NodeHead tree={tree} placed={placed} />
        <text class="node-rows" x={PAD} y={36}>
          {rowsText(tree, node, width)}
        </text>
        <ClassMix tree={tree} node={node} x={PAD} y={45} width={width - 2 * PAD} height={8} />
        {!isLeaf && !isOpen && (
          <Chip
            kind="closed"
            x={width / 2}
            y={NODE_HEIGHT + 4}
            text={`+ ${leaves.toLocaleString('en')} leaves`}
          />
        )}
        {mark !== null && <Chip kind="change" x={width / 2} y={-6} text={shortText(mark.before, 26)} />}
        {mark === null && !isOpen && changesHidden > 0 && (
          <Chip kind="change" x={width / 2} y={-6} text={`${changesHidden} changed below`} />
        )}
      </g>
    </g>
  );
}

function NodeHead({ tree, placed: { node, width, isLeaf } }: { tree: Tree; placed: PlacedNode }) {
  const charactersMax = Math.floor((width - 2 * PAD) / HEAD_CHARACTER_WIDTH);
  if (isLeaf)
    return (
      <text class="node-head" x={PAD} y={20}>
        {shortText(classAt(tree, node), charactersMax)}
      </text>
    );
  const cut = ` ≤ ${shortNumber(tree.threshold[node]!)}`;
  const name = tree.featureNames[tree.feature[node]!]!;
  return (
    <text class="node-head" x={PAD} y={20}>
      {shortText(name, Math.max(4, charactersMax - cut.length))}
      {cut}
    </text>
  );
}

/** The rows of each class in the order of the legend, or the total when they do not fit. */
function rowsText(tree: Tree, node: number, width: number): string {
  const rows = [...rowsAt(tree, node)];
  const total = totalRows(tree, node);
  if (rows.filter((count) => count > 0).length === 1) return `${total} ${total === 1 ? 'row' : 'rows'}`;
  const each = rows.join(' · ');
  const fits = rows.length <= CLASSES_COUNTED_MAX && each.length * CHARACTER_WIDTH <= width - 2 * PAD;
  return fits ? each : `${total} rows, mixed`;
}

interface ChipProps {
  readonly kind: 'closed' | 'change';
  /** The middle of the chip. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

function Chip({ kind, x, y, text }: ChipProps) {
  const width = text.length * 6.4 + 14;
  return (
    <g class={`chip chip-${kind}`} transform={`translate(${x - width / 2} ${y - 9})`}>
      <rect width={width} height={18} rx={9} />
      <text x={width / 2} y={12.5} text-anchor="middle">
        {text}
      </text>
    </g>
  );
}

interface ClassMixProps {
  readonly tree: Tree;
  readonly node: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The shares of the classes in a node's rows, as one bar. */
function ClassMix({ tree, node, x, y, width, height }: ClassMixProps) {
  const rows = rowsAt(tree, node);
  const total = rows.reduce((sum, count) => sum + count, 0);
  let before = 0;
  const parts = Array.from(rows, (count, k) => {
    const from = x + (width * before) / total;
    before += count;
    return { k, from, width: (width * count) / total };
  });
  return (
    <g class="class-mix">
      {parts
        .filter((part) => part.width > 0)
        .map(({ k, from, width: share }) => (
          <rect key={k} class={classColour(k)} x={from} y={y} width={share} height={height} />
        ))}
    </g>
  );
}

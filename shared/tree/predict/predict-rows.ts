import { type CompiledTree, FEATURE_BITS } from './compiled-tree';

/** Rows on their way at a time: their places and nodes stay in the first-level cache. */
const BLOCK_ROWS = 512;
/** Steps before ends are looked for: few leaves of a tree that is worth compiling are nearer to the root. */
const FIRST_LEVELS = 6;
/** Steps of each further round. Fewer spend more on sorting out who has arrived, more are walked in vain. */
const ROUND_LEVELS = 4;
/** Rows that walk side by side. Four are some 15 % slower, six some 5 %. */
const ABREAST = 8;

const FEATURE_MASK = 2 ** FEATURE_BITS - 1;

/** Where a block begins: each row once, and all of them at node 0. Only read. */
const EVERY_ROW = Int32Array.from({ length: BLOCK_ROWS }, (_, row) => row);
const ROOT = new Int32Array(BLOCK_ROWS);

/**
 * Sends rows [from, to) of `features` (row-major, no NaN) through a tree; `into[i]` becomes what row from + i gets.
 *
 * One row alone waits at every node: for the node, then for the value, then often for a branch that was guessed
 * wrongly. So eight rows take their steps side by side and without a branch, and while one waits the others
 * go on. After a few steps those that have not arrived are moved together, again without a branch, and the next round
 * is theirs alone; otherwise a tree of depth 37 would be walked 37 levels down for rows that need 12 of them.
 */
export function predictRows(
  compiled: CompiledTree,
  features: Float64Array,
  from: number,
  to: number,
  into: Uint32Array,
): void {
  const width = compiled.tree.featureNames.length;
  const walk: Walk = { rows: new Int32Array(BLOCK_ROWS), nodes: new Int32Array(BLOCK_ROWS) };
  for (let begin = from; begin < to; begin += BLOCK_ROWS) {
    const rowCount = Math.min(BLOCK_ROWS, to - begin);
    const block = features.subarray(begin * width, (begin + rowCount) * width);
    const outcomes = into.subarray(begin - from, begin - from + rowCount);
    const { rows, nodes } = walk;
    let underway = walkRound(compiled, block, width, EVERY_ROW, ROOT, rowCount, FIRST_LEVELS, walk, outcomes);
    while (underway >= ABREAST) {
      underway = walkRound(compiled, block, width, rows, nodes, underway, ROUND_LEVELS, walk, outcomes);
    }
    walkAlone(compiled, block, width, walk, underway, outcomes);
  }
}

/** Rows that have not arrived, and the node where each of them stands; shape [BLOCK_ROWS], in use from the front. */
interface Walk {
  readonly rows: Int32Array;
  readonly nodes: Int32Array;
}

/**
 * Takes `levels` steps with the first `count` entries of `rows`, each from its entry in `nodes`; puts those that are
 * then still underway to the front of `still`, which may be the same arrays, and gives their number. What the others
 * came to stands in `outcomes`; a row underway gets one too, and a better one later.
 */
function walkRound(
  { threshold, step, outcome }: CompiledTree,
  features: Float64Array,
  width: number,
  rows: Int32Array,
  nodes: Int32Array,
  count: number,
  levels: number,
  still: Walk,
  outcomes: Uint32Array,
): number {
  const { rows: stillRows, nodes: stillNodes } = still;
  let underway = 0;
  let i = 0;
  for (; i + ABREAST <= count; i += ABREAST) {
    const row0 = rows[i]!;
    const row1 = rows[i + 1]!;
    const row2 = rows[i + 2]!;
    const row3 = rows[i + 3]!;
    const row4 = rows[i + 4]!;
    const row5 = rows[i + 5]!;
    const row6 = rows[i + 6]!;
    const row7 = rows[i + 7]!;
    const at0 = row0 * width;
    const at1 = row1 * width;
    const at2 = row2 * width;
    const at3 = row3 * width;
    const at4 = row4 * width;
    const at5 = row5 * width;
    const at6 = row6 * width;
    const at7 = row7 * width;
    let node0 = nodes[i]!;
    let node1 = nodes[i + 1]!;
    let node2 = nodes[i + 2]!;
    let node3 = nodes[i + 3]!;
    let node4 = nodes[i + 4]!;
    let node5 = nodes[i + 5]!;
    let node6 = nodes[i + 6]!;
    let node7 = nodes[i + 7]!;
    for (let level = 0; level < levels; level++) {
      node0 = down(step, threshold, features, at0, node0);
      node1 = down(step, threshold, features, at1, node1);
      node2 = down(step, threshold, features, at2, node2);
      node3 = down(step, threshold, features, at3, node3);
      node4 = down(step, threshold, features, at4, node4);
      node5 = down(step, threshold, features, at5, node5);
      node6 = down(step, threshold, features, at6, node6);
      node7 = down(step, threshold, features, at7, node7);
    }
    outcomes[row0] = outcome[node0]!;
    outcomes[row1] = outcome[node1]!;
    outcomes[row2] = outcome[node2]!;
    outcomes[row3] = outcome[node3]!;
    outcomes[row4] = outcome[node4]!;
    outcomes[row5] = outcome[node5]!;
    outcomes[row6] = outcome[node6]!;
    outcomes[row7] = outcome[node7]!;
    underway = keep(step, stillRows, stillNodes, underway, row0, node0);
    underway = keep(step, stillRows, stillNodes, underway, row1, node1);
    underway = keep(step, stillRows, stillNodes, underway, row2, node2);
    underway = keep(step, stillRows, stillNodes, underway, row3, node3);
    underway = keep(step, stillRows, stillNodes, underway, row4, node4);
    underway = keep(step, stillRows, stillNodes, underway, row5, node5);
    underway = keep(step, stillRows, stillNodes, underway, row6, node6);
    underway = keep(step, stillRows, stillNodes, underway, row7, node7);
  }
  for (; i < count; i++) {
    stillRows[underway] = rows[i]!;
    stillNodes[underway++] = nodes[i]!;
  }
  return underway;
}

/*
 * `down` and `keep` are inlined: sixteen calls in walkRound are what V8's limit leaves room for, and with twenty-four
 * it leaves some as calls and is a fifth slower. So there is one level in the loop above, not two.
 */

/** The node after `node`, which is `node` itself at an end. */
function down(
  step: Int32Array,
  threshold: Float64Array,
  features: Float64Array,
  at: number,
  node: number,
): number {
  const coded = step[node]!;
  // Number() of a comparison is a flag moved into a register, not a jump.
  return (coded >>> FEATURE_BITS) + Number(features[at + (coded & FEATURE_MASK)]! > threshold[node]!);
}

/** Writes a row behind those that are still underway and counts it if it is: who arrived is written over. */
function keep(
  step: Int32Array,
  rows: Int32Array,
  nodes: Int32Array,
  underway: number,
  row: number,
  node: number,
): number {
  rows[underway] = row;
  nodes[underway] = node;
  return underway + Number(step[node]! >>> FEATURE_BITS !== node);
}

/** Sends the last few rows of a block to their ends, one after the other. */
function walkAlone(
  { threshold, step, outcome }: CompiledTree,
  features: Float64Array,
  width: number,
  { rows, nodes }: Walk,
  count: number,
  outcomes: Uint32Array,
): void {
  for (let i = 0; i < count; i++) {
    const at = rows[i]! * width;
    let node = nodes[i]!;
    for (;;) {
      const next = down(step, threshold, features, at, node);
      if (next === node) break;
      node = next;
    }
    outcomes[rows[i]!] = outcome[node]!;
  }
}

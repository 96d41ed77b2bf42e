import { type CompiledTree, FEATURE_BITS } from './compiled-tree';

/** Rows of a block; their indices and nodes fit into the first-level cache. */
const BLOCK_ROWS = 512;
/** Steps of the first round. A tree that is worth compiling has few leaves nearer to the root. */
const FIRST_LEVELS = 6;
/** Steps of each later round. With fewer, compaction costs more; with more, finished rows waste more steps. */
const ROUND_LEVELS = 4;
/** Rows that step together. Four are some 15 % slower, six some 5 %. */
const ABREAST = 8;

const FEATURE_MASK = 2 ** FEATURE_BITS - 1;

/** The start of a block: each row once, all of them at node 0. Never written. */
const EVERY_ROW = Int32Array.from({ length: BLOCK_ROWS }, (_, row) => row);
const ROOT = new Int32Array(BLOCK_ROWS);

/**
 * Predicts rows [from, to) of `features` (row-major, no NaN); `into[i]` becomes the result of row from + i.
 *
 * A single row stalls at every node: on the load of the node, on the load of the value, and often on a mispredicted
 * branch. So eight rows step together without a branch, and the stalls overlap. After a few steps the rows that have not
 * reached an end are compacted, again without a branch, and the next round steps only them. Without compaction every
 * row would take the 37 steps of a tree of depth 37, where most rows need 12.
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

/** The rows that have not reached an end, and the node of each; shape [BLOCK_ROWS], filled from the front. */
interface Walk {
  readonly rows: Int32Array;
  readonly nodes: Int32Array;
}

/**
 * Takes `levels` steps with the first `count` entries of `rows`, each from its entry in `nodes`. Writes the rows that
 * are still underway to the front of `still`, which may be the same arrays, and returns their number. `outcomes` gets
 * the result of every row; a later round overwrites the result of a row that is still underway.
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
 * V8 inlines `down` and `keep`. Its limit allows the sixteen calls in walkRound; with twenty-four it leaves some calls
 * in place and is a fifth slower. So the loop above takes one level an iteration, not two.
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
  // Number() of a comparison compiles to a flag moved into a register, not to a jump.
  return (coded >>> FEATURE_BITS) + Number(features[at + (coded & FEATURE_MASK)]! > threshold[node]!);
}

/** Appends a row and counts it if it is still underway; the next row overwrites a row that has reached its end. */
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

/** Walks the last few rows of a block to their ends, one after the other. */
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

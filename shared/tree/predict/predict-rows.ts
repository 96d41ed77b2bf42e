import { type CompiledTree, FEATURE_BITS } from './compiled-tree';

/** Rows on their way at a time: their places and nodes stay in the first-level cache. */
const BLOCK_ROWS = 512;
/** Steps before ends are looked for: few leaves of a tree that is worth compiling are nearer to the root. */
const FIRST_LEVELS = 6;
/** Steps of each further round. Fewer spend more on sorting out who has arrived, more are walked in vain. */
const ROUND_LEVELS = 4;

const FEATURE_MASK = 2 ** FEATURE_BITS - 1;

/**
 * Sends rows [from, to) of `features` (row-major, no NaN) through a tree; `into[i]` becomes what row from + i gets.
 *
 * One row alone waits at every node: for the node, then for the value, then for a branch that is guessed wrongly about
 * every third time. So four rows take their steps side by side and without a branch, and while one waits the others
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
  const rows = new Int32Array(BLOCK_ROWS);
  const nodes = new Int32Array(BLOCK_ROWS);
  for (let begin = from; begin < to; begin += BLOCK_ROWS) {
    const blockRows = Math.min(BLOCK_ROWS, to - begin);
    const block = features.subarray(begin * width, (begin + blockRows) * width);
    const outcomes = into.subarray(begin - from, begin - from + blockRows);
    for (let row = 0; row < blockRows; row++) {
      rows[row] = row;
      nodes[row] = 0;
    }
    let underway = walkRound(compiled, block, width, rows, nodes, blockRows, FIRST_LEVELS, outcomes);
    while (underway >= 4) {
      underway = walkRound(compiled, block, width, rows, nodes, underway, ROUND_LEVELS, outcomes);
    }
    walkAlone(compiled, block, width, rows, nodes, underway, outcomes);
  }
}

/**
 * Takes `levels` steps with the first `count` entries of `rows`, each from its entry in `nodes`; moves those that are
 * still underway to the front and gives their number. What the others came to stands in `outcomes`.
 */
function walkRound(
  { threshold, step, outcome }: CompiledTree,
  features: Float64Array,
  width: number,
  rows: Int32Array,
  nodes: Int32Array,
  count: number,
  levels: number,
  outcomes: Uint32Array,
): number {
  let underway = 0;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const row0 = rows[i]!;
    const row1 = rows[i + 1]!;
    const row2 = rows[i + 2]!;
    const row3 = rows[i + 3]!;
    const at0 = row0 * width;
    const at1 = row1 * width;
    const at2 = row2 * width;
    const at3 = row3 * width;
    let node0 = nodes[i]!;
    let node1 = nodes[i + 1]!;
    let node2 = nodes[i + 2]!;
    let node3 = nodes[i + 3]!;
    for (let level = 0; level < levels; level++) {
      const step0 = step[node0]!;
      const step1 = step[node1]!;
      const step2 = step[node2]!;
      const step3 = step[node3]!;
      // Number() of a comparison is a flag moved into a register; as `? 1 : 0` V8 makes a jump of it.
      node0 = (step0 >>> FEATURE_BITS) + Number(features[at0 + (step0 & FEATURE_MASK)]! > threshold[node0]!);
      node1 = (step1 >>> FEATURE_BITS) + Number(features[at1 + (step1 & FEATURE_MASK)]! > threshold[node1]!);
      node2 = (step2 >>> FEATURE_BITS) + Number(features[at2 + (step2 & FEATURE_MASK)]! > threshold[node2]!);
      node3 = (step3 >>> FEATURE_BITS) + Number(features[at3 + (step3 & FEATURE_MASK)]! > threshold[node3]!);
    }
    // Whoever arrived is written over by the next one. A row underway gets an outcome too, and a better one later.
    outcomes[row0] = outcome[node0]!;
    rows[underway] = row0;
    nodes[underway] = node0;
    underway += Number(step[node0]! >>> FEATURE_BITS !== node0);
    outcomes[row1] = outcome[node1]!;
    rows[underway] = row1;
    nodes[underway] = node1;
    underway += Number(step[node1]! >>> FEATURE_BITS !== node1);
    outcomes[row2] = outcome[node2]!;
    rows[underway] = row2;
    nodes[underway] = node2;
    underway += Number(step[node2]! >>> FEATURE_BITS !== node2);
    outcomes[row3] = outcome[node3]!;
    rows[underway] = row3;
    nodes[underway] = node3;
    underway += Number(step[node3]! >>> FEATURE_BITS !== node3);
  }
  for (; i < count; i++) {
    rows[underway] = rows[i]!;
    nodes[underway++] = nodes[i]!;
  }
  return underway;
}

/** Sends the last few rows of a block to their ends, one after the other. */
function walkAlone(
  { threshold, step, outcome }: CompiledTree,
  features: Float64Array,
  width: number,
  rows: Int32Array,
  nodes: Int32Array,
  count: number,
  outcomes: Uint32Array,
): void {
  for (let i = 0; i < count; i++) {
    const at = rows[i]! * width;
    let node = nodes[i]!;
    for (;;) {
      const next = step[node]! >>> FEATURE_BITS;
      if (next === node) break;
      node = next + Number(features[at + (step[node]! & FEATURE_MASK)]! > threshold[node]!);
    }
    outcomes[rows[i]!] = outcome[node]!;
  }
}

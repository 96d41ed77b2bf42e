import type { FitLimits, TrainingSet } from '../../../shared/engine/training-set';
import type { Tree } from '../../../shared/tree/tree';
import { countsOf, squares } from '../slow-cart';

interface SlowNode {
  readonly members: readonly number[];
  readonly depth: number;
  split: { readonly feature: number; readonly threshold: number; left: SlowNode; right: SlowNode } | null;
}

interface Cut {
  readonly feature: number;
  readonly threshold: number;
  readonly score: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/**
 * The rules of the histogram engine as one would write them down, for at most 8,192 rows: every boundary of every bin is
 * tried by dividing the rows anew, and nothing is left out because it cannot matter. It shares no code with the engine.
 */
export function slowHistogram(rows: TrainingSet, limits: FitLimits, leavesMax = 255): Tree {
  const upperEnds = rows.columns.map(slowEdges);
  const root: SlowNode = { members: [...rows.classes.keys()], depth: 0, split: null };
  const leaves = [{ node: root, best: bestCut(rows, root, upperEnds, limits) }];
  for (let leafCount = 1; leafCount < leavesMax; leafCount++) {
    let chosen: (typeof leaves)[number] | null = null;
    for (const leaf of leaves) {
      if (leaf.best !== null && (chosen === null || dropOf(rows, leaf) > dropOf(rows, chosen))) chosen = leaf;
    }
    if (chosen === null) break;
    const { feature, threshold, left, right } = chosen.best!;
    const depth = chosen.node.depth + 1;
    const children = [left, right].map((members): SlowNode => ({ members, depth, split: null }));
    chosen.node.split = { feature, threshold, left: children[0]!, right: children[1]! };
    leaves.splice(leaves.indexOf(chosen), 1);
    for (const node of children) leaves.push({ node, best: bestCut(rows, node, upperEnds, limits) });
  }
  return inPreorder(rows, root);
}

/** Upper ends of the bins but the last; a bin is full when it has its part of the rows that are left. */
export function slowEdges(column: Float64Array): number[] {
  const values = [...column].sort((a, b) => a - b);
  const rowsOf = new Map<number, number>();
  for (const value of values) rowsOf.set(value, (rowsOf.get(value) ?? 0) + 1);
  const distinct = [...rowsOf.keys()];
  if (distinct.length <= 255) return distinct.slice(0, -1);
  const ends: number[] = [];
  let inBin = 0;
  let rowsLeft = values.length;
  for (const value of distinct) {
    inBin += rowsOf.get(value)!;
    const binsLeft = 255 - ends.length;
    if (binsLeft === 1 || value === distinct.at(-1) || inBin * binsLeft < rowsLeft) continue;
    ends.push(value);
    rowsLeft -= inBin;
    inBin = 0;
  }
  return ends;
}

function dropOf(rows: TrainingSet, { node, best }: { node: SlowNode; best: Cut | null }): number {
  return best!.score - squares(rows, node.members) / node.members.length;
}

function bestCut(rows: TrainingSet, node: SlowNode, upperEnds: number[][], limits: FitLimits): Cut | null {
  const { members, depth } = node;
  if (depth === limits.maxDepth || new Set(members.map((row) => rows.classes[row])).size < 2) return null;
  let best: Cut | null = null;
  for (const [feature, column] of rows.columns.entries()) {
    for (const end of upperEnds[feature]!) {
      const left = members.filter((row) => column[row]! <= end);
      const right = members.filter((row) => column[row]! > end);
      if (left.length < Math.max(1, limits.minLeafRows) || right.length < Math.max(1, limits.minLeafRows))
        continue;
      const score = squares(rows, left) / left.length + squares(rows, right) / right.length;
      if (best !== null && score <= best.score) continue;
      const a = Math.max(...left.map((row) => column[row]!));
      const b = Math.min(...right.map((row) => column[row]!));
      const middle = a / 2 + b / 2;
      best = { feature, threshold: a <= middle && middle < b ? middle : a, score, left, right };
    }
  }
  return best;
}

function inPreorder(rows: TrainingSet, root: SlowNode): Tree {
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const classCounts: number[] = [];
  const visit = ({ members, split }: SlowNode): number => {
    const node = feature.length;
    feature.push(split?.feature ?? -1);
    threshold.push(split?.threshold ?? 0);
    left.push(-1);
    right.push(-1);
    classCounts.push(...countsOf(rows, members));
    if (split !== null) {
      left[node] = visit(split.left);
      right[node] = visit(split.right);
    }
    return node;
  };
  visit(root);
  return {
    featureNames: rows.featureNames,
    classNames: rows.classNames,
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    classCounts: Uint32Array.from(classCounts),
  };
}

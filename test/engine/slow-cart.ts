import type { FitLimits, TrainingSet } from '../../shared/engine/training-set';
import type { Tree } from '../../shared/tree/tree';

export interface Candidate {
  readonly feature: number;
  readonly threshold: number;
  readonly score: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/**
 * CART as one would write it down: at every node every boundary of every feature is tried by dividing the rows anew.
 * It shares no code with the engine that it judges.
 */
export function slowCart(rows: TrainingSet, limits: FitLimits): Tree {
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const classCounts: number[] = [];

  const grow = (members: readonly number[], depth: number): number => {
    const node = feature.length;
    const counts = countsOf(rows, members);
    feature.push(-1);
    threshold.push(0);
    left.push(-1);
    right.push(-1);
    classCounts.push(...counts);
    if (depth === limits.maxDepth || counts.filter((count) => count > 0).length < 2) return node;
    const best = bestCandidate(candidatesOf(rows, members, limits.minLeafRows));
    if (best === null) return node;
    feature[node] = best.feature;
    threshold[node] = best.threshold;
    left[node] = grow(best.left, depth + 1);
    right[node] = grow(best.right, depth + 1);
    return node;
  };
  grow([...rows.classes.keys()], 0);

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

/** Every split that leaves `minLeafRows` on both sides, features rising, then thresholds. */
export function candidatesOf(
  rows: TrainingSet,
  members: readonly number[],
  minLeafRows: number,
): Candidate[] {
  const candidates: Candidate[] = [];
  for (const [feature, column] of rows.columns.entries()) {
    const distinct = [...new Set(members.map((row) => column[row]!))].sort((a, b) => a - b);
    for (let i = 1; i < distinct.length; i++) {
      const [a, b] = [distinct[i - 1]!, distinct[i]!];
      const middle = a / 2 + b / 2;
      const threshold = a <= middle && middle < b ? middle : a;
      const left = members.filter((row) => column[row]! <= threshold);
      const right = members.filter((row) => column[row]! > threshold);
      if (left.length < minLeafRows || right.length < minLeafRows) continue;
      const score = squares(rows, left) / left.length + squares(rows, right) / right.length;
      candidates.push({ feature, threshold, score, left, right });
    }
  }
  return candidates;
}

function bestCandidate(candidates: readonly Candidate[]): Candidate | null {
  let best: Candidate | null = null;
  for (const candidate of candidates) if (best === null || candidate.score > best.score) best = candidate;
  return best;
}

export function countsOf(rows: TrainingSet, members: readonly number[]): number[] {
  return rows.classNames.map((_, k) => members.filter((row) => rows.classes[row] === k).length);
}

export function squares(rows: TrainingSet, members: readonly number[]): number {
  return countsOf(rows, members).reduce((sum, count) => sum + count * count, 0);
}

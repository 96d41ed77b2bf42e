import { splitScore, thresholdBetween } from '../../shared/engine/split-score';
import type { FitLimits, TrainingSet } from '../../shared/engine/training-set';
import type { Tree } from '../../shared/tree/tree';

interface Best {
  score: number;
  feature: number;
  position: number;
}

/**
 * Textbook CART on typed arrays: every column is sorted once, a node scores every boundary, and a split partitions every
 * sorted order stably. It is fast enough to check large fits and shares only the split score with the engine.
 */
export function plainPresortedCart(rows: TrainingSet, limits: FitLimits): Tree {
  const { columns, classes, rowCount } = rows;
  const classCount = rows.classNames.length;
  const orders = columns.map(sortedRows);
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const classCounts: number[] = [];
  const goesLeft = new Uint8Array(rowCount);
  const aside = new Uint32Array(rowCount);
  const pending = [{ from: 0, to: rowCount, depth: 0, parent: -1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { from, to, depth, parent } = next;
    const node = feature.length;
    feature.push(-1);
    threshold.push(0);
    left.push(-1);
    right.push(-1);
    if (parent >= 0) (left[parent] === -1 ? left : right)[parent] = node;
    const counts = new Float64Array(classCount);
    for (let at = from; at < to; at++) counts[classes[orders[0]![at]!]!]!++;
    classCounts.push(...counts);
    if (depth === limits.maxDepth || counts.some((count) => count === to - from)) continue;

    const best: Best = { score: Number.NEGATIVE_INFINITY, feature: -1, position: 0 };
    for (let f = 0; f < columns.length; f++) {
      scan(columns[f]!, orders[f]!, classes, from, to, counts, limits.minLeafRows, f, best);
    }
    if (best.feature < 0) continue;
    const order = orders[best.feature]!;
    const values = columns[best.feature]!;
    feature[node] = best.feature;
    threshold[node] = thresholdBetween(values[order[best.position - 1]!]!, values[order[best.position]!]!);
    for (let at = from; at < to; at++) goesLeft[order[at]!] = at < best.position ? 1 : 0;
    for (const each of orders) divide(each, from, to, goesLeft, aside);
    pending.push({ from: best.position, to, depth: depth + 1, parent: node });
    pending.push({ from, to: best.position, depth: depth + 1, parent: node });
  }
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

/** Row numbers in the order of their values: the native sort of doubles, then a binary search for each row's place. */
function sortedRows(values: Float64Array): Uint32Array {
  const sorted = values.slice().sort();
  const taken = new Uint32Array(values.length);
  const order = new Uint32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    let low = 0;
    let high = sorted.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < values[row]!) low = middle + 1;
      else high = middle;
    }
    order[low + taken[low]!++] = row;
  }
  return order;
}

function scan(
  values: Float64Array,
  order: Uint32Array,
  classes: Uint32Array,
  from: number,
  to: number,
  counts: Float64Array,
  minLeafRows: number,
  feature: number,
  best: Best,
): void {
  const left = new Float64Array(counts.length);
  const right = Float64Array.from(counts);
  let leftSq = 0;
  let rightSq = counts.reduce((sum, count) => sum + count * count, 0);
  for (let at = from + 1; at < to; at++) {
    const k = classes[order[at - 1]!]!;
    leftSq += 2 * left[k]!++ + 1;
    rightSq -= 2 * right[k]!-- - 1;
    if (values[order[at]!]! === values[order[at - 1]!]!) continue;
    if (at - from < minLeafRows || to - at < minLeafRows) continue;
    const score = splitScore(leftSq, at - from, rightSq, to - at);
    if (score > best.score) {
      best.score = score;
      best.feature = feature;
      best.position = at;
    }
  }
}

function divide(
  order: Uint32Array,
  from: number,
  to: number,
  goesLeft: Uint8Array,
  aside: Uint32Array,
): void {
  let lefts = from;
  let rights = 0;
  for (let at = from; at < to; at++) {
    const row = order[at]!;
    if (goesLeft[row] === 1) order[lefts++] = row;
    else aside[rights++] = row;
  }
  order.set(aside.subarray(0, rights), lefts);
}

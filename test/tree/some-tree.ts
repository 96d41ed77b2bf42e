import fc from 'fast-check';
import type { Tree } from '../../shared/tree/tree';

/** Few values, so that features equal thresholds often; with subnormals and very large numbers. */
export const VALUES = [0, 5e-324, -5e-324, 0.1, 0.30000000000000004, 1, 2, -1, 1e308, -1e308];

interface Shape {
  readonly nodes: number;
  readonly features: number;
  readonly classes: number;
  /** Random numbers, used in turn, for the leaf that splits, its feature and threshold, and the counts. */
  readonly draws: readonly number[];
}

/** Any tree of at most 81 nodes that is valid except for the counts of its inner nodes, which prediction does not read. */
export const someTree: fc.Arbitrary<Tree> = fc
  .record({
    nodes: fc.integer({ min: 0, max: 40 }),
    features: fc.integer({ min: 1, max: 5 }),
    classes: fc.integer({ min: 1, max: 4 }),
    draws: fc.array(fc.nat(9_999), { minLength: 40, maxLength: 40 }),
  })
  .map(grownTree);

function grownTree({ nodes: splits, features, classes, draws }: Shape): Tree {
  const feature = [-1];
  const threshold = [0];
  const left = [-1];
  const right = [-1];
  const leaves = [0];
  for (let split = 0; split < splits; split++) {
    const draw = draws[split % draws.length]!;
    // Mostly the newest leaf splits, so some trees are deep; children come after all other nodes.
    const [node] = leaves.splice(draw % 3 === 0 ? draw % leaves.length : leaves.length - 1, 1);
    feature[node!] = draw % features;
    threshold[node!] = VALUES[draw % VALUES.length]!;
    for (const side of [left, right]) {
      side[node!] = feature.length;
      leaves.push(feature.length);
      feature.push(-1);
      threshold.push(0);
      left.push(-1);
      right.push(-1);
    }
  }
  const counts = feature.flatMap((_, node) =>
    Array.from({ length: classes }, (_, k) => draws[(node * classes + k) % draws.length]! % 4),
  );
  return {
    featureNames: Array.from({ length: features }, (_, f) => `f${f}`),
    classNames: Array.from({ length: classes }, (_, k) => `c${k}`),
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    classCounts: Uint32Array.from(counts),
  };
}

/** A chain of splits: at depth d a value of at most d reaches a leaf of class d mod 2. */
export function chainTree(depth: number, featureCount = 1): Tree {
  const nodes = 2 * depth + 1;
  const inner = (node: number) => node % 2 === 0 && node < nodes - 1;
  const each = <T>(make: (node: number) => T) => Array.from({ length: nodes }, (_, node) => make(node));
  return {
    featureNames: Array.from({ length: featureCount }, (_, f) => `f${f}`),
    classNames: ['even', 'odd'],
    feature: Int32Array.from(each((node) => (inner(node) ? featureCount - 1 : -1))),
    threshold: Float64Array.from(each((node) => (inner(node) ? node / 2 : 0))),
    left: Int32Array.from(each((node) => (inner(node) ? node + 1 : -1))),
    right: Int32Array.from(each((node) => (inner(node) ? node + 2 : -1))),
    classCounts: Uint32Array.from(each((node) => [(node >> 1) % 2 === 0 ? 1 : 0, (node >> 1) % 2]).flat()),
  };
}

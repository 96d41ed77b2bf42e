import { seededRandom } from '../../services/producer/random';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import { nextDown, nextUp } from '../../shared/tree/next-double';
import { leafOf, majorityClass, type Tree } from '../../shared/tree/tree';

/** Names with special characters of some format: markup, quotes, escapes, other scripts, keywords. */
export const ODD_NAMES = [
  'petal "length" (cm)',
  "it's <b>&amp;</b>",
  'a\\nb\\',
  'Größe 花 🌸',
  'node',
  'true',
  '  two  spaces ',
  '{x|y}',
];

export interface TreeShape {
  readonly seed: number;
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  readonly minLeafRows?: number;
}

/** A tree fitted on noise, so that it is deep and has tied leaves. It has the special names. */
export function noiseTree({ seed, rows, features, classes, minLeafRows = 1 }: TreeShape): Tree {
  const random = seededRandom(seed);
  const columns = Array.from({ length: features }, (_, f) =>
    // Every other feature has few values, so that thresholds repeat.
    Float64Array.from({ length: rows }, () => (f % 2 === 0 ? random.gaussian() * 10 : random.below(40) / 10)),
  );
  const labels = Uint32Array.from({ length: rows }, () => random.below(classes));
  return fitExact(
    {
      rowCount: rows,
      columns,
      classes: labels,
      featureNames: namesOf(features, 0),
      classNames: namesOf(classes, 3),
    },
    { maxDepth: 64, minLeafRows },
  );
}

function namesOf(count: number, from: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `${ODD_NAMES[(i + from) % ODD_NAMES.length]}${i < 8 ? '' : i}`,
  );
}

/** Rows like those that the tree was fitted on, row-major; half of them have one value at a threshold or next to it. */
export function rowsFor(tree: Tree, count: number, seed: number): number[][] {
  const random = seededRandom(seed);
  const features = tree.featureNames.length;
  const splits = [...tree.feature.keys()].filter((node) => tree.feature[node]! >= 0);
  return Array.from({ length: count }, (_, i) => {
    const row = Array.from({ length: features }, () => random.gaussian() * 10);
    if (i % 2 === 1 && splits.length > 0) {
      const node = splits[random.below(splits.length)]!;
      const threshold = tree.threshold[node]!;
      row[tree.feature[node]!] = [nextDown(threshold), threshold, nextUp(threshold)][random.below(3)]!;
    }
    return row;
  });
}

/** The class index of each row, by the reference walk. */
export function predictAll(tree: Tree, rows: readonly (readonly number[])[]): number[] {
  return rows.map((row) => majorityClass(tree, leafOf(tree, Float64Array.from(row), 0)));
}

/** The shares of the classes at each row's leaf. */
export function sharesOfAll(tree: Tree, rows: readonly (readonly number[])[]): number[][] {
  const classes = tree.classNames.length;
  return rows.map((row) => {
    const node = leafOf(tree, Float64Array.from(row), 0);
    const counts = [...tree.classCounts.subarray(node * classes, (node + 1) * classes)];
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => count / total);
  });
}

/** A tree of one leaf. */
export function lonelyLeaf(classNames: readonly string[], counts: readonly number[]): Tree {
  return {
    featureNames: ['x'],
    classNames,
    feature: Int32Array.of(-1),
    threshold: new Float64Array(1),
    left: Int32Array.of(-1),
    right: Int32Array.of(-1),
    classCounts: Uint32Array.from(counts),
  };
}

/** A chain: node 2i splits on `x` at i, its left child is a leaf. */
export function chainTree(links: number): Tree {
  const nodes = 2 * links + 1;
  const isSplit = (node: number) => node % 2 === 0 && node < nodes - 1;
  const classCounts = new Uint32Array(nodes * 2);
  for (let node = nodes - 1; node >= 0; node--) {
    if (isSplit(node)) {
      for (const k of [0, 1])
        classCounts[node * 2 + k] = classCounts[(node + 1) * 2 + k]! + classCounts[(node + 2) * 2 + k]!;
    } else classCounts[node * 2 + ((node >> 1) % 2)] = 1;
  }
  return {
    featureNames: ['x'],
    classNames: ['even', 'odd'],
    feature: Int32Array.from({ length: nodes }, (_, node) => (isSplit(node) ? 0 : -1)),
    threshold: Float64Array.from({ length: nodes }, (_, node) => (isSplit(node) ? node / 2 : 0)),
    left: Int32Array.from({ length: nodes }, (_, node) => (isSplit(node) ? node + 1 : -1)),
    right: Int32Array.from({ length: nodes }, (_, node) => (isSplit(node) ? node + 2 : -1)),
    classCounts,
  };
}

import { quoted, refuseImport } from './attributes';
import type { Ensemble } from './classifier';

/** The largest distance of a leaf's sum of shares from 1, far above the rounding of 256 float32 shares. */
const SUM_SLACK = 1e-4;

/**
 * Rows of each class at every leaf, by the file's node number; each of shape [classes of the schema]. A class that is
 * missing in the file has no rows. Throws `import-invalid` for a label that is missing in the schema, and for weights
 * that are not shares.
 */
export function readLeaves(ensemble: Ensemble, classNames: readonly string[]): Map<number, Uint32Array> {
  const classes = classIndices(ensemble.labels, classNames);
  const isBinary = classes.length === 2;
  const weightsOf = collectWeights(ensemble, isBinary ? 1 : classes.length);
  const effort = { triesLeft: EFFORT_TRIES };
  const counts = new Map<number, Uint32Array>();
  for (const [nodeId, weights] of weightsOf) {
    const leaf = isBinary
      ? binaryShares(weights[0]!, classes, classNames.length)
      : shares(weights, classes, classNames.length);
    if (leaf === null) refuseImport(`the weights of its node ${nodeId} are no shares`);
    counts.set(nodeId, countsOfShares(leaf, effort));
  }
  return counts;
}

/** The schema's index of each of the file's classes. */
function classIndices(labels: readonly string[], classNames: readonly string[]): number[] {
  if (labels.length < 2) refuseImport(`it has ${labels.length} classes, a classifier has at least two`);
  const unknown = labels.find((label) => !classNames.includes(label));
  if (unknown !== undefined) refuseImport(`its class ${quoted(unknown)} is not in the schema`);
  const classes = labels.map((label) => classNames.indexOf(label));
  if (new Set(classes).size < classes.length) refuseImport('it names a class twice');
  return classes;
}

/** The weights of each leaf by node number, shape [columns]; 0 where the file has no weight. */
function collectWeights({ nodeIds, isLeaf, weights }: Ensemble, columns: number): Map<number, Float64Array> {
  const collected = new Map<number, Float64Array>();
  for (const [i, nodeId] of nodeIds.entries())
    if (isLeaf[i]) collected.set(nodeId, new Float64Array(columns));
  const seen = new Set<number>();
  for (const { nodeId, k, weight } of weights) {
    const own = collected.get(nodeId);
    if (own === undefined) refuseImport(`it has a weight for the node ${nodeId}, which is no leaf`);
    // With two classes skl2onnx writes the second one's weight alone, as class 0; onnxruntime would read other numbers
    // in another way.
    if (k >= columns) refuseImport(`it has a weight for the class ${k} of ${columns}`);
    const place = nodeId * columns + k;
    if (seen.has(place)) refuseImport(`its node ${nodeId} has two weights for the class ${k}`);
    seen.add(place);
    own[k] = weight;
  }
  if (seen.size === 0) refuseImport('its leaves have no weights');
  return collected;
}

/** With two classes the file gives the second one's share, and predicts that class for a share above one half. */
function binaryShares(weight: number, classes: readonly number[], size: number): ClassShares | null {
  if (!(weight >= 0 && weight <= 1)) return null;
  const shares = new Float64Array(size);
  shares[classes[0]!] = 1 - weight;
  shares[classes[1]!] = weight;
  return { shares, winner: classes[weight > 0.5 ? 1 : 0]!, derived: classes[0]! };
}

function shares(weights: Float64Array, classes: readonly number[], size: number): ClassShares | null {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.some((weight) => weight < 0) || Math.abs(sum - 1) > SUM_SLACK) return null;
  const shares = new Float64Array(size);
  for (const [i, weight] of weights.entries()) shares[classes[i]!] = weight;
  return { shares, winner: classes[weights.indexOf(Math.max(...weights))]!, derived: -1 };
}

/** The most rows of an imported leaf. */
export const LEAF_ROWS_MAX = 1_000_000;

/** The classes at a leaf, as the file gives them. */
interface ClassShares {
  /** Share of each class, shape [classes]; the sum is 1. */
  readonly shares: Float64Array;
  /** The class that the file predicts at the leaf. */
  readonly winner: number;
  /** The class whose share is 1 minus the others, because the file does not give it; else −1. */
  readonly derived: number;
}

/** How many totals the search may still try in one file. Only trees fitted with weights use all tries. */
interface Effort {
  triesLeft: number;
}

/** One or two seconds of work. */
export const EFFORT_TRIES = 200_000_000;

/**
 * Rows of each class, shape [classes], with the smallest total of at most `LEAF_ROWS_MAX` that reproduces every given
 * share as float32 and the file's winner (a tie goes to the lower class index). For a tree fitted on unweighted rows
 * these are the leaf's own counts in lowest terms.
 *
 * No such counts may exist when rows were weighted, or when the file breaks a tie the other way. The result is then an
 * approximation: its total is within 256 of `LEAF_ROWS_MAX`, its winner is the file's, and every share is off by less
 * than 2.01e-6 (less than 1.01e-6 unless another class is as near to the winner as that). Each total that the search
 * tries takes one from `effort`; without tries left, the result is the approximation at once.
 */
export function countsOfShares(leaf: ClassShares, effort: Effort): Uint32Array {
  return exactCounts(leaf, effort) ?? nearestCounts(leaf);
}

function exactCounts(leaf: ClassShares, effort: Effort): Uint32Array | null {
  const { shares, winner, derived } = leaf;
  // Different counts below a million have different shares as float32, so counts that give these shares are tied too.
  const tied = shares.findIndex((share) => Math.fround(share) === Math.fround(shares[winner]!));
  if (tied < winner) return null;
  const given = [...shares.keys()]
    .filter((k) => k !== derived && shares[k]! > 0)
    // The smallest share allows the fewest totals.
    .sort((a, b) => shares[a]! - shares[b]!);
  // The file gives the share of one of two classes, and that share is 0.
  if (given.length === 0) return oneRowOf(winner, shares.length);
  const fewest = Math.max(...given.map((k) => fewestRows(shares[k]!)));
  const smallest = shares[given[0]!]!;
  // The numbers that round to a share span less than its 2^-23rd part, so each count allows at most one total.
  for (let count = Math.max(1, Math.floor(fewest * smallest)); effort.triesLeft > 0; count++) {
    const total = Math.round(count / smallest);
    if (total > LEAF_ROWS_MAX) break;
    effort.triesLeft--;
    if (total < fewest || Math.fround(count / total) !== Math.fround(smallest)) continue;
    const counts = countsWithin(leaf, given, total);
    if (counts !== null && winnerOf(counts) === winner) return counts;
  }
  return null;
}

function oneRowOf(k: number, classes: number): Uint32Array {
  const counts = new Uint32Array(classes);
  counts[k] = 1;
  return counts;
}

/** A lower bound of the totals that give the share: all numbers that round to it lie within half a unit of its last place. */
function fewestRows(share: number): number {
  // Half a unit is at most 2^-24 of the share; doubled, so that no rounding here makes the range too narrow.
  const slack = share * 2 ** -23;
  return fewestParts(share - slack, share + slack, LEAF_ROWS_MAX);
}

function countsWithin({ shares, derived }: ClassShares, given: readonly number[], total: number) {
  let counted = 0;
  for (const k of given) {
    const count = Math.round(shares[k]! * total);
    if (Math.fround(count / total) !== Math.fround(shares[k]!)) return null;
    counted += count;
  }
  if (derived < 0 ? counted !== total : counted > total) return null;
  const counts = new Uint32Array(shares.length);
  for (const k of given) counts[k] = Math.round(shares[k]! * total);
  if (derived >= 0) counts[derived] = total - counted;
  return counts;
}

/** The number of totals that the approximation compares. */
const NEAR_TOTALS = 256;

/** The approximation at the best of the `NEAR_TOTALS` largest totals: the winner is ahead, and the largest error is least. */
function nearestCounts({ shares, winner }: ClassShares): Uint32Array {
  let best = apportioned(shares, winner, LEAF_ROWS_MAX);
  let least = Number.POSITIVE_INFINITY;
  for (let total = LEAF_ROWS_MAX; total > LEAF_ROWS_MAX - NEAR_TOTALS; total--) {
    const counts = apportioned(shares, winner, total);
    const worst = Math.max(...shares.map((share, k) => Math.abs(counts[k]! / total - share)));
    if (winnerOf(counts) === winner && worst < least) [best, least] = [counts, worst];
  }
  // With many classes level with the winner, one of them may stay level at every total. No class is above the winner.
  const rival = winnerOf(best);
  if (rival !== winner) {
    best[rival]!--;
    best[winner]!++;
  }
  return best;
}

/** Shares of the total, rounded down. The remaining rows go to the winner, then to large remainders, then to its rivals. */
function apportioned(shares: Float64Array, winner: number, total: number): Uint32Array {
  const counts = Uint32Array.from(shares, (share) => Math.floor(share * total));
  const claimOf = (k: number): number => {
    if (k === winner) return 2;
    const remainder = shares[k]! * total - counts[k]!;
    return counts[k] === counts[winner] ? remainder - 1 : remainder;
  };
  const order = [...shares.keys()].sort((a, b) => claimOf(b) - claimOf(a));
  const missing = total - counts.reduce((sum, count) => sum + count, 0);
  for (const k of order.slice(0, missing)) counts[k]!++;
  return counts;
}

function winnerOf(counts: Uint32Array): number {
  return counts.indexOf(Math.max(...counts));
}

/**
 * The smallest denominator of a fraction in [low, high], 0 <= low <= high < ∞, but at most `max`. It belongs to the
 * simplest fraction in the range, which the common start of both ends' continued fractions gives (Graham, Knuth and
 * Patashnik, Concrete Mathematics, section 4.5 and exercise 4.57 on the Stern-Brocot tree).
 */
export function fewestParts(low: number, high: number, max: number): number {
  // The denominators of the last two convergents.
  let before = 1;
  let last = 0;
  for (;;) {
    const whole = Math.ceil(low);
    if (whole <= high) return Math.min(max, whole * last + before);
    const shared = Math.floor(low);
    [before, last] = [last, shared * last + before];
    if (last >= max) return max;
    // The fractional parts of both ends lie in (0, 1); their reciprocals change places.
    [low, high] = [1 / (high - shared), 1 / (low - shared)];
  }
}

import { fewestParts } from './simplest-fraction';

/** The most rows that a leaf is given. */
export const LEAF_ROWS_MAX = 1_000_000;

/** What a file says about the classes at a leaf. */
export interface ClassShares {
  /** Share of each class, shape [classes]; they add up to 1. */
  readonly shares: Float64Array;
  /** The class that the file predicts there. */
  readonly winner: number;
  /** The class whose share is what the others leave, where the file does not give it; else −1. */
  readonly derived: number;
}

/** How many totals may still be tried in one file: a second or two of work, used up only by trees fitted with weights. */
export interface Effort {
  triesLeft: number;
}

export const EFFORT_TRIES = 200_000_000;

/**
 * Rows of each class, shape [classes], with the smallest total, at most `LEAF_ROWS_MAX`, that give back every given
 * share when rounded to float32, and the same winner, a tie going to the lower class index. For a tree fitted on
 * unweighted rows these are the leaf's own counts in lowest terms.
 *
 * Weights may make shares that no such counts give, and so may a tie that the file breaks the other way. Then the total
 * is within 256 of `LEAF_ROWS_MAX`, the winner is the file's and every share is off by less than 2.01e-6; by less than
 * 1.01e-6 unless another class comes as near to the winner as that. `effort` is drawn on by every total that is tried;
 * with none left, this is the answer at once.
 */
export function countsOfShares(leaf: ClassShares, effort: Effort): Uint32Array {
  return exactCounts(leaf, effort) ?? nearestCounts(leaf);
}

function exactCounts(leaf: ClassShares, effort: Effort): Uint32Array | null {
  const { shares, winner, derived } = leaf;
  // Counts of less than a million that differ have quotients that differ as float32, so the tie would stay.
  const tied = shares.findIndex((share) => Math.fround(share) === Math.fround(shares[winner]!));
  if (tied < winner) return null;
  const given = [...shares.keys()]
    .filter((k) => k !== derived && shares[k]! > 0)
    // A small share is the most particular about the total.
    .sort((a, b) => shares[a]! - shares[b]!);
  // Two classes of which the file gives one that has no row.
  if (given.length === 0) return oneRowOf(winner, shares.length);
  const fewest = Math.max(...given.map((k) => fewestRows(shares[k]!)));
  const smallest = shares[given[0]!]!;
  // What rounds to a share is narrower than its 2^23rd part, so for each count at most one total comes into question.
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

/** No smaller total gives the share: the ends of what rounds to it lie within half a unit of its last place. */
function fewestRows(share: number): number {
  // 2^-24 of it is that half unit at most; doubled, so that roundings on the way cannot make the range too narrow.
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

/** Totals that are looked at for leaves without exact counts. */
const NEAR_TOTALS = 256;

/** At the total, of the `NEAR_TOTALS` largest, where the winner is ahead and the worst share is off by the least. */
function nearestCounts({ shares, winner }: ClassShares): Uint32Array {
  let best = apportioned(shares, winner, LEAF_ROWS_MAX);
  let least = Number.POSITIVE_INFINITY;
  for (let total = LEAF_ROWS_MAX; total > LEAF_ROWS_MAX - NEAR_TOTALS; total--) {
    const counts = apportioned(shares, winner, total);
    const worst = Math.max(...shares.map((share, k) => Math.abs(counts[k]! / total - share)));
    if (winnerOf(counts) === winner && worst < least) [best, least] = [counts, worst];
  }
  // Where so many classes are level with the winner that one is always left so. None is above.
  const rival = winnerOf(best);
  if (rival !== winner) {
    best[rival]!--;
    best[winner]!++;
  }
  return best;
}

/** Whole shares of the total; the rows that are left go to the winner, to large remainders, and last to its rivals. */
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

export const PROMOTION_MODES = ['gated', 'immediate', 'manual'] as const;
export type PromotionMode = (typeof PROMOTION_MODES)[number];

/** Why a candidate was promoted or not: `champion-better`, `held` and `manual` refuse it, the others promote it. */
export const PROMOTION_REASONS = [
  'first',
  'not-worse',
  'champion-better',
  'immediate',
  'held',
  'manual',
] as const;
type PromotionReason = (typeof PROMOTION_REASONS)[number];

export interface Candidacy {
  readonly mode: PromotionMode;
  /** Whether the model has a champion. */
  readonly champion: boolean;
  /** Whether an admin has pinned the champion and not released it. */
  readonly held: boolean;
  /** Holdout rows that only the champion, or only the candidate, predicts right; b and c of McNemar's table. */
  readonly onlyChampion: number;
  readonly onlyCandidate: number;
}

interface PromotionDecision {
  readonly promoted: boolean;
  readonly reason: PromotionReason;
}

/**
 * Whether a candidate becomes the champion. The first version does. A pinned champion stays until an admin releases it.
 * After that the mode decides: `immediate` promotes every candidate, `manual` leaves every promotion to an admin, and
 * `gated` refuses a candidate that is significantly worse than the champion.
 */
export function decidePromotion(candidacy: Candidacy): PromotionDecision {
  if (!candidacy.champion) return { promoted: true, reason: 'first' };
  if (candidacy.held) return { promoted: false, reason: 'held' };
  if (candidacy.mode === 'immediate') return { promoted: true, reason: 'immediate' };
  if (candidacy.mode === 'manual') return { promoted: false, reason: 'manual' };
  if (isChampionBetter(candidacy.onlyChampion, candidacy.onlyCandidate)) {
    return { promoted: false, reason: 'champion-better' };
  }
  return { promoted: true, reason: 'not-worse' };
}

/**
 * McNemar's test at two standard deviations, one-sided: whether the champion is significantly better. If both versions
 * are equally good, each row that only one of them predicts right (b and c) is a fair coin toss, so b − c has the
 * variance b + c, and b − c > 2·√(b + c) is unlikely. The test is squared, so it computes in integers. False without rows.
 *
 * Q. McNemar, Note on the sampling error of the difference between correlated proportions or percentages,
 * Psychometrika 12 (1947), 153–157; without the correction for continuity.
 */
export function isChampionBetter(onlyChampion: number, onlyCandidate: number): boolean {
  const lead = onlyChampion - onlyCandidate;
  return lead > 0 && lead * lead > 4 * (onlyChampion + onlyCandidate);
}

/** The hits of two versions on the same rows. */
interface PairedHits {
  readonly rows: number;
  readonly championHits: number;
  readonly candidateHits: number;
  /** Rows that only the champion predicts right: b of McNemar's table. */
  readonly onlyChampion: number;
  /** Rows that only the candidate predicts right: c of McNemar's table. */
  readonly onlyCandidate: number;
}

/** Compares the predictions of two versions with the actual classes; all arrays hold class indices, shape [rows]. */
export function comparePaired(
  actual: Uint32Array,
  champion: Uint32Array,
  candidate: Uint32Array,
): PairedHits {
  let both = 0;
  let onlyChampion = 0;
  let onlyCandidate = 0;
  for (let row = 0; row < actual.length; row++) {
    const championIsRight = champion[row] === actual[row];
    const candidateIsRight = candidate[row] === actual[row];
    if (championIsRight && candidateIsRight) both++;
    else if (championIsRight) onlyChampion++;
    else if (candidateIsRight) onlyCandidate++;
  }
  return {
    rows: actual.length,
    championHits: both + onlyChampion,
    candidateHits: both + onlyCandidate,
    onlyChampion,
    onlyCandidate,
  };
}

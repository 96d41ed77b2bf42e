export const PROMOTION_MODES = ['gated', 'immediate', 'manual'] as const;
export type PromotionMode = (typeof PROMOTION_MODES)[number];

/** Why a version was promoted or not. `champion-better`, `held` and `manual` refuse, the others promote. */
export const PROMOTION_REASONS = [
  'first',
  'not-worse',
  'champion-better',
  'immediate',
  'held',
  'manual',
] as const;
export type PromotionReason = (typeof PROMOTION_REASONS)[number];

export interface Candidacy {
  readonly mode: PromotionMode;
  /** Whether there is a champion to compare with. */
  readonly champion: boolean;
  /** Whether a person has moved the champion and not released it. */
  readonly held: boolean;
  /** Held-out rows that only the champion, only the candidate gets right. */
  readonly onlyChampion: number;
  readonly onlyCandidate: number;
}

export interface PromotionDecision {
  readonly promoted: boolean;
  readonly reason: PromotionReason;
}

/**
 * Whether a candidate becomes the champion. What a person has decided goes before every rule; the first version has
 * nobody to beat; `immediate` asks no more; `manual` leaves it to a person, who has the numbers of the comparison;
 * `gated` refuses a candidate that is significantly worse.
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
 * McNemar's test at two sigma: rows that only one of two gets right (b and c) fall to either side like fair coins
 * when both are equally good, so b − c has the variance b + c, and |b − c| > 2·√(b + c) is unlikely by chance. Squared
 * it needs no root and stays in integers. Only the direction that harms is refused. False for no rows.
 *
 * Q. McNemar, Note on the sampling error of the difference between correlated proportions or percentages,
 * Psychometrika 12 (1947), 153–157; without the correction for continuity.
 */
export function isChampionBetter(onlyChampion: number, onlyCandidate: number): boolean {
  const lead = onlyChampion - onlyCandidate;
  return lead > 0 && lead * lead > 4 * (onlyChampion + onlyCandidate);
}

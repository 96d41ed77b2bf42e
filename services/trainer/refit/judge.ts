import { confusionHits, confusionMatrix } from '../../../shared/evaluation/accuracy';
import {
  comparePaired,
  decidePromotion,
  type PromotionMode,
} from '../../../shared/evaluation/promotion-rule';
import type { Evaluation, PromotionVerdict } from '../../../shared/model-registry/version-record';
import type { Tree } from '../../../shared/tree/tree';
import type { ScoringSet } from '../window/gather-rows';
import { predictAll } from './evaluate';

export interface Judgement {
  readonly holdout: Evaluation['holdout'];
  readonly promotion: PromotionVerdict;
}

/**
 * Lets champion and candidate meet on the window's held-out rows, which neither was ever fitted on.
 * `champion` is null before the first promotion; `held` is true when a person holds it in place.
 */
export function judge(
  candidate: Tree,
  champion: Tree | null,
  heldOut: ScoringSet,
  mode: PromotionMode,
  held: boolean,
): Judgement {
  const actual = heldOut.classes;
  const byCandidate = predictAll(candidate, heldOut);
  const confusion = confusionMatrix(actual, byCandidate, candidate.classNames.length);
  const pairs = champion === null ? null : comparePaired(actual, predictAll(champion, heldOut), byCandidate);
  const onlyChampion = pairs?.onlyChampion ?? 0;
  const onlyCandidate = pairs?.onlyCandidate ?? 0;
  const decision = decidePromotion({ mode, champion: champion !== null, held, onlyChampion, onlyCandidate });
  return {
    holdout: {
      rows: heldOut.rowCount,
      champion: pairs?.championHits ?? null,
      candidate: confusionHits(confusion).hits,
      confusion,
    },
    promotion: { ...decision, onlyChampion, onlyCandidate },
  };
}

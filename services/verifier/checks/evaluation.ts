import {
  addHits,
  confusionHits,
  confusionMatrix,
  type Hits,
  NO_HITS,
} from '../../../shared/evaluation/accuracy';
import { comparePaired, decidePromotion } from '../../../shared/evaluation/promotion-rule';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { leafOf, majorityClass, type Tree } from '../../../shared/tree/tree';
import type { RowSpan } from '../reading/retained-rows';
import { type PredictSet, rowsIn } from '../reading/window-set';
import type { Findings } from './findings';
import type { KnownVersion } from './known-versions';

/** Checks the prequential counts: scores the mini-batch with the parent. `parent` is null for the first version only. */
export function checkBatch(
  findings: Findings,
  record: VersionRecord,
  parent: KnownVersion | null,
  batch: readonly RowSpan[] | null,
): void {
  const { evaluation } = record;
  let scored: Hits | null = evaluation.batch;
  if (parent === null) {
    scored = null;
    findings.compare('evaluation.batch', evaluation.batch, null);
  } else if (batch === null) {
    findings.skip('evaluation.batch', 'the log no longer holds the mini-batch');
  } else if (parent.tree === null) {
    findings.skip(
      'evaluation.batch',
      `the stored tree of version ${parent.record.version} is not its record's`,
    );
    findings.compare('evaluation.batch.rows', evaluation.batch?.rows, rowsIn(batch));
  } else {
    scored = { rows: rowsIn(batch), hits: hitsOn(parent.tree, batch) };
    findings.compare('evaluation.batch', evaluation.batch, scored);
  }
  const sums = addHits(parent?.record.evaluation.prequential ?? NO_HITS, scored ?? NO_HITS);
  findings.compare('evaluation.prequential', evaluation.prequential, sums);
}

/** Checks holdout counts and promotion: compares champion and candidate on the holdout rows. `champion` may be null. */
export function checkPromotion(
  findings: Findings,
  record: VersionRecord,
  candidate: Tree,
  champion: Tree | null,
  heldOut: PredictSet,
): void {
  const { holdout } = record.evaluation;
  const actual = heldOut.classes;
  const byCandidate = predict(candidate, heldOut);
  const confusion = confusionMatrix(actual, byCandidate, candidate.classNames.length);
  const pairs = champion === null ? null : comparePaired(actual, predict(champion, heldOut), byCandidate);
  findings.compare('evaluation.holdout.rows', holdout.rows, heldOut.rowCount);
  findings.compare('evaluation.holdout.champion', holdout.champion, pairs?.championHits ?? null);
  findings.compare('evaluation.holdout.candidate', holdout.candidate, confusionHits(confusion).hits);
  findings.compare('evaluation.holdout.confusion', holdout.confusion, confusion);
  const { onlyChampion, onlyCandidate } = pairs ?? { onlyChampion: 0, onlyCandidate: 0 };
  // The log does not tell whether a person held the champion; `checkJournal` compares this with the journal.
  const held = record.promotion.reason === 'held';
  const mode = record.settings.promotion;
  const decision = decidePromotion({ mode, champion: champion !== null, held, onlyChampion, onlyCandidate });
  findings.compare('promotion.promoted', record.promotion.promoted, decision.promoted);
  findings.compare('promotion.reason', record.promotion.reason, decision.reason);
  findings.compare('promotion.onlyChampion', record.promotion.onlyChampion, onlyChampion);
  findings.compare('promotion.onlyCandidate', record.promotion.onlyCandidate, onlyCandidate);
}

function predict(tree: Tree, rows: PredictSet): Uint32Array {
  const width = tree.featureNames.length;
  return Uint32Array.from({ length: rows.rowCount }, (_, row) =>
    majorityClass(tree, leafOf(tree, rows.features, row * width)),
  );
}

function hitsOn(tree: Tree, spans: readonly RowSpan[]): number {
  let hits = 0;
  for (const { rows, from, to } of spans) {
    const { features, classes, featureCount } = rows.columns;
    for (let row = from; row < to; row++) {
      if (majorityClass(tree, leafOf(tree, features, row * featureCount)) === classes[row]) hits++;
    }
  }
  return hits;
}

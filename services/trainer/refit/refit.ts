import { confusionHits, confusionMatrix } from '../../../shared/evaluation/accuracy';
import {
  comparePaired,
  decidePromotion,
  type PromotionMode,
} from '../../../shared/evaluation/promotion-rule';
import type { Evaluation, PromotionVerdict } from '../../../shared/model-registry/version-record';
import type { Schema } from '../../../shared/row/schema';
import type { Settings } from '../../../shared/settings/settings';
import { compileTree, isCompilable } from '../../../shared/tree/compiled-tree';
import { predictRows } from '../../../shared/tree/predict-rows';
import { leafOf, majorityClass, nodeCount, type Tree } from '../../../shared/tree/tree';
import { decodeTree } from '../../../shared/tree/tree-codec';
import type { Fitter } from '../fit/fitter';
import {
  countRows,
  type RowSpan,
  type ScoringSet,
  type WindowTable,
  windowTable,
} from '../window/gather-rows';
import { rowsDigest } from '../window/rows-digest';
import { batchSpans, type Cut, windowSpans } from './cut';

/** The part of a version that the rows of a cut decide alone, without the champion, the lease and the time. */
export interface FittedCut {
  readonly cut: Cut;
  /** The window's rows in place. They stay there until the next cut is committed. */
  readonly rows: WindowTable;
  /** Hex sha256. */
  readonly rowsDigest: string;
  readonly treeText: string;
  readonly tree: Tree;
  /** Hits of the parent's tree on the new rows, before anything was fitted on them; null for the first version. */
  readonly batch: Evaluation['batch'];
}

interface FitParts {
  readonly schema: Schema;
  readonly settings: Pick<Settings, 'maxDepth' | 'minLeafRows'>;
  readonly fitter: Fitter;
}

/** Scores the new rows with the parent's tree, and fits a tree on the window. Throws `fit-failed`, `tree-too-large`. */
export async function fitCut(
  { schema, settings, fitter }: FitParts,
  cut: Cut,
  parent: Tree | null,
): Promise<FittedCut> {
  const spans = windowSpans(cut);
  const featureNames = schema.features.map((feature) => feature.name);
  const rows = windowTable(spans, featureNames, schema.label.classes);
  const fitting = fitter.fit(rows, { maxDepth: settings.maxDepth, minLeafRows: settings.minLeafRows });
  // The fit runs in a thread of its own and the rows stay in place, so the rest is computed meanwhile.
  const batch = parent === null ? null : { rows: cut.accepted, hits: countHits(parent, batchSpans(cut)) };
  const digest = rowsDigest(spans);
  const treeText = await fitting;
  return { cut, rows, rowsDigest: digest, treeText, tree: decodeTree(treeText), batch };
}

export interface Judgement {
  readonly holdout: Evaluation['holdout'];
  readonly promotion: PromotionVerdict;
}

/**
 * Compares champion and candidate on the window's held-out rows, which neither was ever fitted on. `champion` is null
 * before the first promotion; a person has pinned the champion when `isPinned` is true.
 */
export function judge(
  candidate: Tree,
  champion: Tree | null,
  heldOut: ScoringSet,
  mode: PromotionMode,
  isPinned: boolean,
): Judgement {
  const actual = heldOut.classes;
  const byCandidate = predictAll(candidate, heldOut);
  const confusion = confusionMatrix(actual, byCandidate, candidate.classNames.length);
  const pairs = champion === null ? null : comparePaired(actual, predictAll(champion, heldOut), byCandidate);
  const onlyChampion = pairs?.onlyChampion ?? 0;
  const onlyCandidate = pairs?.onlyCandidate ?? 0;
  const sides = { champion: champion !== null, onlyChampion, onlyCandidate };
  return {
    holdout: {
      rows: heldOut.rowCount,
      champion: pairs?.championHits ?? null,
      candidate: confusionHits(confusion).hits,
      confusion,
    },
    promotion: { ...decidePromotion({ mode, held: isPinned, ...sides }), onlyChampion, onlyCandidate },
  };
}

/** Rows of the spans that a tree predicts right, held-out rows included. */
export function countHits(tree: Tree, spans: readonly RowSpan[]): number {
  const predict = predictorFor(tree, countRows(spans));
  let hits = 0;
  for (const { store, from, end } of spans) {
    store.rows.visit(from, end, ({ features, classes }, chunkFrom, chunkEnd) => {
      const predicted = new Uint32Array(chunkEnd - chunkFrom);
      predict(features, chunkFrom, chunkEnd, predicted);
      for (let i = chunkFrom; i < chunkEnd; i++) if (predicted[i - chunkFrom] === classes[i]) hits++;
    });
  }
  return hits;
}

/** The class index that a tree predicts for each row, shape [rowCount]. */
export function predictAll(tree: Tree, rows: ScoringSet): Uint32Array {
  const predicted = new Uint32Array(rows.rowCount);
  const predict = predictorFor(tree, rows.rowCount);
  let at = 0;
  for (const features of rows.batches()) {
    const count = features.length / tree.featureNames.length;
    predict(features, 0, count, predicted.subarray(at, at + count));
    at += count;
  }
  return predicted;
}

/** Writes the classes of rows [from, to) to the front of `into`. */
type Predictor = (features: Float64Array, from: number, to: number, into: Uint32Array) => void;

/** Compiling a tree visits every node, which pays only for about as many rows. */
function predictorFor(tree: Tree, rowCount: number): Predictor {
  if (rowCount >= nodeCount(tree) && isCompilable(tree)) {
    const compiled = compileTree(tree, 'class');
    return (features, from, to, into) => predictRows(compiled, features, from, to, into);
  }
  const width = tree.featureNames.length;
  return (features, from, to, into) => {
    for (let row = from; row < to; row++) {
      into[row - from] = majorityClass(tree, leafOf(tree, features, row * width));
    }
  };
}

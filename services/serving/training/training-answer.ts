import type { TrainingAnswer, TrainingUnderway } from '../../../shared/api/training';
import { accuracy } from '../../../shared/evaluation/accuracy';
import { type Answer, jsonAnswer } from '../../../shared/http/answer';
import type { VersionRecord } from '../../../shared/model-registry/version-record';

/** 200: the version that stands for all that the log holds. `champion` is the live version, null when there is none. */
export function trainingAnswer(record: VersionRecord, created: boolean, champion: number | null): Answer {
  const { prequential, holdout } = record.evaluation;
  const { window, fitted, heldOut, rejected } = record.rows;
  const body: TrainingAnswer = {
    model: record.model,
    version: record.version,
    digest: record.tree.digest,
    created,
    promoted: record.promotion.promoted,
    reason: record.promotion.reason,
    champion,
    engine: engineName(record.settings.engine),
    rows: { window, fitted, heldOut, rejected },
    accuracy: {
      prequential: accuracy(prequential),
      holdout: accuracy({ rows: holdout.rows, hits: holdout.candidate }),
    },
    lineage: record.lineage.map(({ partition, windowFrom, batchFrom, next }) => ({
      partition,
      windowFrom,
      batchFrom,
      next,
    })),
  };
  return jsonAnswer(200, body);
}

/** 202: asked for, not answered yet. */
export function underwayAnswer(model: string, latest: number | null): Answer {
  const body: TrainingUnderway = { status: 'training', model, latest };
  return jsonAnswer(202, body, { 'retry-after': '1' });
}

/** `exact/1` → `exact`. */
function engineName(engine: string): string {
  return engine.split('/')[0]!;
}

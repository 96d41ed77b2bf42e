import type { TrainingAnswer, TrainingUnderway } from '../../../shared/api/training';
import { AlderError } from '../../../shared/errors';
import { accuracy } from '../../../shared/evaluation/accuracy';
import { type Answer, jsonAnswer } from '../../../shared/http/answer';
import { problem } from '../../../shared/http/problem';
import { CHAMPION } from '../../../shared/model-registry/aliases';
import type { RefitAnswer } from '../../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import type { ModelSource } from '../models/choose-model';
import type { VersionLoads } from '../models/version-loads';
import { refuseForeignPages } from '../route/callers';
import type { RouteOf } from '../route/route';
import type { RefitRequests } from './refit-requests';

export interface TrainNeeds extends ModelSource {
  readonly model: string;
  readonly refits: RefitRequests;
  readonly loads: VersionLoads;
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal;
}

/**
 * GET or POST /train_decision_tree: trains on all rows that the log holds now. The answer waits until this process
 * serves the outcome, so a client that trains and then predicts gets the new version. HEAD, and web pages of other
 * origins, train nothing.
 */
export function train(needs: TrainNeeds): RouteOf<'train'> {
  return async (request, response, { wait }) => {
    if (request.method === 'HEAD') return problem('method-not-allowed', { headers: { allow: 'GET, POST' } });
    refuseForeignPages(request);
    const givenUp = new AbortController();
    const giveUp = () => givenUp.abort();
    response.once('close', giveUp);
    needs.stopping.addEventListener('abort', giveUp);
    try {
      const answer = await needs.refits.ask(wait * 1_000, givenUp.signal);
      if (response.destroyed) return null;
      if (answer === null) return underwayAnswer(needs.model, needs.view.state?.newest?.version ?? null);
      return await outcomeAnswer(needs, answer);
    } finally {
      needs.stopping.removeEventListener('abort', giveUp);
      response.off('close', giveUp);
    }
  };
}

/** 202: the refit was asked for and is not done yet. */
function underwayAnswer(model: string, latest: number | null): Answer {
  const body: TrainingUnderway = { status: 'training', model, latest };
  return jsonAnswer(202, body, { 'retry-after': '1' });
}

async function outcomeAnswer(
  { view, models, loads }: TrainNeeds,
  { outcome, version }: RefitAnswer,
): Promise<Answer> {
  if (outcome === 'no-rows' || outcome === 'no-fitted-row')
    throw new AlderError(outcome, 'the refit had no row to fit');
  if (version === null) throw new AlderError('internal', `the refit's outcome ${outcome} names no version`);
  const { record } = await loads.record(version);
  await models.settled();
  return trainedAnswer(record, outcome === 'created', view.state?.aliases[CHAMPION]?.version ?? null);
}

/** 200: the version that stands for all rows of the log. `champion` is the live version, null when there is none. */
function trainedAnswer(record: VersionRecord, created: boolean, champion: number | null): Answer {
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
    lineage: record.lineage.map(({ partition, windowFrom, batchFrom, next }) => {
      return { partition, windowFrom, batchFrom, next };
    }),
  };
  return jsonAnswer(200, body);
}

/** `exact/1` → `exact`. */
function engineName(engine: string): string {
  return engine.split('/')[0]!;
}

import type { Request, Response } from 'express';
import type { ShadowAnswer } from '../../../shared/api/models';
import { routePath, SERVE_PATH, SERVE_PINNED_PATH } from '../../../shared/api/operation';
import type { PredictQuery } from '../../../shared/api/predictions';
import { type Answer, jsonAnswer } from '../../../shared/http/answer';
import type { BodyBudget } from '../../../shared/http/body-memory';
import { problem } from '../../../shared/http/problem';
import { readBody } from '../../../shared/http/read-body';
import type { ServingMetrics } from '../metrics/serving-metrics';
import type { CurrentHeaders } from '../models/answer-headers';
import { champion, type ModelSource, selected, selectorOf } from '../models/choose-model';
import type { ServedModel } from '../models/served-model';
import { type Route, type RouteOf, refuseOtherModels } from '../route/route';
import type { FellowWorkers } from '../workers/messages';
import { answerPrediction, type PredictionAnswered, type PredictionExtras } from './answer-prediction';
import type { Shadow } from './shadow';

/** The needs of a counted prediction, on the fast path and through Express alike. */
export interface PredictionNeeds extends ModelSource {
  readonly metrics: ServingMetrics;
  readonly currentHeaders: CurrentHeaders;
  readonly shadow: Shadow;
}

export interface PredictNeeds extends PredictionNeeds {
  readonly model: string;
  readonly requestBytesMax: number;
  readonly bodies: BodyBudget;
}

export interface ShadowNeeds {
  readonly model: string;
  readonly shadow: Shadow;
  readonly metrics: ServingMetrics;
  /** Null when this process serves alone. */
  readonly fellowWorkers: FellowWorkers | null;
}

export const CHAMPION_ROUTE = routePath(SERVE_PATH);
export const PINNED_ROUTE = routePath(SERVE_PINNED_PATH);

/** POST /serve_decision_tree: predicts with the champion. */
export function serveChampion(needs: PredictNeeds): RouteOf<'serveChampion'> {
  return (request, response, query) => predict(needs, request, response, query, () => champion(needs));
}

/** POST /models/serve/{model}/{version or alias}: predicts with one version; the answer names its number. */
export function servePinned(needs: PredictNeeds): RouteOf<'servePinned'> {
  return (request, response, query) => {
    refuseOtherModels(needs.model, request);
    const selector = selectorOf(needs, String(request.params.selector));
    return predict(needs, request, response, query, () => selected(needs, selector));
  };
}

async function predict(
  needs: PredictNeeds,
  request: Request,
  response: Response,
  { explain, shadow }: PredictQuery,
  choose: () => ServedModel | Promise<ServedModel>,
): Promise<Answer | null> {
  const body = await readBody(request, response, needs.requestBytesMax, needs.bodies);
  if (body.kind === 'gone') return null;
  if (body.kind === 'refused') return problem(body.code);
  const model = await choose();
  const onRows = needs.shadow.observer(model, shadow);
  return countedAnswer(needs, body.bytes, model, { explains: explain, onRows });
}

/** The answer of a version to a body, with its rows counted. Both the fast path and Express carry this function. */
export function countedAnswer(
  { metrics, view, currentHeaders }: PredictionNeeds,
  body: Uint8Array,
  model: ServedModel,
  extras: PredictionExtras | null,
): PredictionAnswered {
  const answer = answerPrediction(body, model, extras);
  metrics.rowsPredicted += answer.rowCount;
  if (answer.status !== 200) return answer;
  const headers = currentHeaders.at(answer.headers, view.stalenessMs());
  return headers === answer.headers ? answer : { ...answer, headers };
}

/** GET /models/{model}/shadow: how often the shadow agreed, over all processes that share the port. */
export function showShadow({ model, shadow, metrics, fellowWorkers }: ShadowNeeds): Route {
  return async (request) => {
    refuseOtherModels(model, request);
    const pairs = fellowWorkers === null ? metrics.shadow.pairs : (await fellowWorkers.report()).shadow;
    const body: ShadowAnswer = {
      model,
      alias: shadow.alias === '' ? null : shadow.alias,
      pairs: pairs.map((pair) => ({ ...pair, rows: pair.agreed + pair.disagreed })).reverse(),
    };
    return jsonAnswer(200, body);
  };
}

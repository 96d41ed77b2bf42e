import type { Request, Response } from 'express';
import { routePath, SERVE_PATH, SERVE_PINNED_PATH } from '../../../shared/api/operation';
import type { PredictQuery } from '../../../shared/api/predictions';
import type { Answer } from '../../../shared/http/answer';
import { problem } from '../../../shared/http/problem';
import { readBody } from '../../../shared/http/read-body';
import { champion, selected, selectorOf } from '../models/choose-model';
import type { ServedModel } from '../models/served-model';
import { type RouteOf, refuseOtherModels, type ServingContext } from '../server/serving-context';
import { answerPrediction, type PredictionAnswered, type PredictionExtras } from './answer-prediction';

export const CHAMPION_ROUTE = routePath(SERVE_PATH);
export const PINNED_ROUTE = routePath(SERVE_PINNED_PATH);

/** POST /serve_decision_tree: the champion. */
export function serveChampion(context: ServingContext): RouteOf<'serveChampion'> {
  return (request, response, query) => {
    return predict(context, request, response, query, () => champion(context));
  };
}

/** POST /models/serve/{model}/{version or alias}: one version; the answer names its number. */
export function servePinned(context: ServingContext): RouteOf<'servePinned'> {
  return (request, response, query) => {
    refuseOtherModels(context, request);
    const selector = selectorOf(context, String(request.params.selector));
    return predict(context, request, response, query, () => selected(context, selector));
  };
}

async function predict(
  context: ServingContext,
  request: Request,
  response: Response,
  { explain, shadow }: PredictQuery,
  choose: () => ServedModel | Promise<ServedModel>,
): Promise<Answer | null> {
  const body = await readBody(request, response, context.requestBytesMax, context.bodies);
  if (body.kind === 'gone') return null;
  if (body.kind === 'refused') return problem(body.code);
  const model = await choose();
  const onRows = context.shadow.observer(model, shadow);
  return countedAnswer(context, body.bytes, model, { explains: explain, onRows });
}

/** The answer of a version to a body, with its rows counted: the one function behind every way that carries it. */
export function countedAnswer(
  { metrics, view, currentHeaders }: ServingContext,
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

import type { Request, Response } from 'express';
import { routePath, SERVE_PATH, SERVE_PINNED_PATH } from '../../shared/api/paths';
import type { Answer } from '../../shared/http/answer';
import { problem } from '../../shared/http/problem';
import { readBody } from '../../shared/http/read-body';
import { answerPrediction, type PredictionAnswered } from './answer-prediction';
import { champion, selected, selectorOf } from './choose-model';
import type { ServedModel } from './served-model';
import { type Route, refuseOtherModels, type ServingContext } from './serving-context';

export const CHAMPION_ROUTE = routePath(SERVE_PATH);
export const PINNED_ROUTE = routePath(SERVE_PINNED_PATH);

/** POST /serve_decision_tree: the champion. */
export function serveChampion(context: ServingContext): Route {
  return (request, response) => {
    return predict(context, request, response, () => champion(context));
  };
}

/** POST /models/serve/{model}/{version or alias}: one version; the answer names its number. */
export function servePinned(context: ServingContext): Route {
  return (request, response) => {
    refuseOtherModels(context, request);
    const selector = selectorOf(context, String(request.params.selector));
    return predict(context, request, response, () => selected(context, selector));
  };
}

async function predict(
  context: ServingContext,
  request: Request,
  response: Response,
  choose: () => ServedModel | Promise<ServedModel>,
): Promise<Answer | null> {
  const body = await readBody(request, response, context.requestBytesMax, context.bodies);
  if (body.kind === 'gone') return null;
  if (body.kind === 'refused') return problem(body.code);
  return countedAnswer(context, body.bytes, await choose());
}

/** The answer of a version to a body, with its rows counted: the one function behind every way that carries it. */
export function countedAnswer(
  { metrics }: ServingContext,
  body: Uint8Array,
  model: ServedModel,
): PredictionAnswered {
  const answer = answerPrediction(body, model);
  metrics.rowsPredicted += answer.rowCount;
  return answer;
}

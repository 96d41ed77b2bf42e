import type { Request, Response } from 'express';
import { AlderError } from '../../shared/errors';
import type { Answer } from '../../shared/http/answer';
import { problem } from '../../shared/http/problem';
import { readBody } from '../../shared/http/read-body';
import { CHAMPION } from '../../shared/model-registry/model-registry';
import { answerPrediction } from './answer-prediction';
import { readQuery } from './query';
import { readSelector, type Selector } from './selector';
import type { ServedModel } from './served-model';
import { type Route, refuseOtherModels, type ServingContext } from './serving-context';

const LATEST = 'latest';

/** POST /serve_decision_tree: the champion. */
export function serveChampion(context: ServingContext): Route {
  return (request, response) => {
    readQuery(request.originalUrl, []);
    return predict(context, request, response, () => champion(context));
  };
}

/** POST /models/serve/{model}/{version or alias}: one version; the answer names its number. */
export function servePinned(context: ServingContext): Route {
  return (request, response) => {
    readQuery(request.originalUrl, []);
    refuseOtherModels(context, request);
    const selector = readSelector(
      String(request.params.selector),
      (name) => aliased(context, name) !== undefined,
    );
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
  const answer = answerPrediction(body.bytes, await choose());
  context.metrics.rowsPredicted.inc(answer.rowCount);
  return answer;
}

function champion({ models }: ServingContext): ServedModel {
  if (models.champion === null)
    throw new AlderError('model-not-loaded', 'no version is loaded yet', { canRetry: true });
  return models.champion;
}

/** The champion alias is what this process serves as the champion, so both ways of asking agree at any moment. */
function selected(context: ServingContext, selector: Selector): ServedModel | Promise<ServedModel> {
  if (selector.kind === 'version') return context.models.pinned(selector.version);
  if (selector.alias === CHAMPION) return champion(context);
  const { state } = context.view;
  if (state === null)
    throw new AlderError('registry-unavailable', 'the registry was never seen', { canRetry: true });
  if (selector.alias === LATEST) {
    if (state.newest === null)
      throw new AlderError('model-not-loaded', 'there is no version yet', { canRetry: true });
    return context.models.pinned(state.newest.version);
  }
  const version = aliased(context, selector.alias);
  if (version === undefined) throw new AlderError('unknown-alias', 'there is no such alias');
  return context.models.pinned(version);
}

/** An own property and nothing inherited: `constructor` is no alias. */
function aliased({ view }: ServingContext, alias: string): number | undefined {
  const aliases = view.state?.aliases ?? {};
  return Object.hasOwn(aliases, alias) ? aliases[alias]?.version : undefined;
}

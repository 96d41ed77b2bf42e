import { AlderError } from '../../../shared/errors';
import type { Answer } from '../../../shared/http/answer';
import { CHAMPION } from '../../../shared/model-registry/aliases';
import type { RefitAnswer } from '../../../shared/model-registry/model-registry';
import type { RouteOf, ServingContext } from '../server/serving-context';
import { trainingAnswer, underwayAnswer } from './training-answer';

/**
 * GET or POST /train_decision_tree: be trained on all that the log holds now. The answer waits until this process
 * serves what came of it, so whoever trains and then predicts meets the new version.
 */
export function train(context: ServingContext): RouteOf<'train'> {
  return async (_request, response, { wait }) => {
    const givenUp = new AbortController();
    const giveUp = () => givenUp.abort();
    response.once('close', giveUp);
    context.stopping.addEventListener('abort', giveUp);
    try {
      const answer = await context.refits.ask(wait * 1_000, givenUp.signal);
      if (response.destroyed) return null;
      if (answer === null) return underwayAnswer(context.model, context.view.state?.newest?.version ?? null);
      return await outcome(context, answer);
    } finally {
      context.stopping.removeEventListener('abort', giveUp);
      response.off('close', giveUp);
    }
  };
}

async function outcome(context: ServingContext, { outcome, version }: RefitAnswer): Promise<Answer> {
  if (outcome === 'no-rows' || outcome === 'no-fitted-row')
    throw new AlderError(outcome, 'the refit had no row to fit');
  if (version === null) throw new AlderError('internal', `the refit's outcome ${outcome} names no version`);
  const { record } = await context.loads.record(version);
  await context.models.settled();
  return trainingAnswer(
    record,
    outcome === 'created',
    context.view.state?.aliases[CHAMPION]?.version ?? null,
  );
}

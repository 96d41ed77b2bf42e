import type { ShadowAnswer } from '../../../shared/api/models';
import { jsonAnswer } from '../../../shared/http/answer';
import { type Route, refuseOtherModels, type ServingContext } from '../server/serving-context';

/** GET /models/{model}/shadow: how often the shadow agreed, of all processes that share the port. */
export function showShadow(context: ServingContext): Route {
  return async (request) => {
    refuseOtherModels(context, request);
    const { fellowWorkers, metrics, shadow, model } = context;
    const pairs = fellowWorkers === null ? metrics.shadow.pairs : (await fellowWorkers.report()).shadow;
    const body: ShadowAnswer = {
      model,
      alias: shadow.alias === '' ? null : shadow.alias,
      pairs: pairs.map((pair) => ({ ...pair, rows: pair.agreed + pair.disagreed })).reverse(),
    };
    return jsonAnswer(200, body);
  };
}

import type { ModelAnswer, ModelsAnswer } from '../../../shared/api/version-answers';
import { jsonAnswer } from '../../../shared/http/answer';
import { CHAMPION } from '../../../shared/model-registry/model-registry';
import { SingleFlight } from '../models/single-flight';
import { type Route, refuseOtherModels, type ServingContext } from '../server/serving-context';

/** GET /models: the one model that is served here, in a list. */
export function listModels(context: ServingContext): Route {
  const describe = modelDescriber(context);
  return async () => {
    const body: ModelsAnswer = { models: [await describe()] };
    return jsonAnswer(200, body);
  };
}

/** GET /models/{model} */
export function showModel(context: ServingContext): Route {
  const describe = modelDescriber(context);
  return async (request) => {
    refuseOtherModels(context, request);
    return jsonAnswer(200, await describe());
  };
}

/** However many ask at once, the registry is asked once. */
function modelDescriber(context: ServingContext): () => Promise<ModelAnswer> {
  const looks = new SingleFlight<'now', ModelAnswer>(1);
  return () => looks.load('now', () => describeModel(context));
}

async function describeModel({ registry, model, models, view }: ServingContext): Promise<ModelAnswer> {
  const [state, versions] = await Promise.all([registry.loadState(), registry.listVersions()]);
  const tree = models.champion?.tree;
  return {
    model,
    champion: state.aliases[CHAMPION] ?? null,
    latest: state.newest?.version ?? null,
    previousChampion: state.previousChampion,
    versions: versions.length,
    features: tree === undefined ? null : [...tree.featureNames],
    classes: tree === undefined ? null : [...tree.classNames],
    stalenessMs: Math.round(view.stalenessMs()),
  };
}

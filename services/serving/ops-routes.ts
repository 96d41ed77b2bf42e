import { jsonAnswer } from '../../shared/http/answer';
import { liveness, metricsAnswer } from '../../shared/http/ops-answers';
import { problem } from '../../shared/http/problem';
import { readQuery } from './query';
import { type RootFacts, rootHtml, rootJson } from './root-answer';
import type { Route, ServingContext } from './serving-context';

/** GET /: JSON unless the client would rather have a page. */
export function root(context: ServingContext): Route {
  return (request) => {
    readQuery(request.originalUrl, []);
    const facts: RootFacts = {
      model: context.model,
      version: context.models.champion?.version ?? null,
      stalenessMs: context.view.stalenessMs(),
    };
    return request.accepts(['application/json', 'text/html']) === 'text/html'
      ? rootHtml(facts)
      : rootJson(facts);
  };
}

export function livez(): Route {
  return (request) => {
    readQuery(request.originalUrl, []);
    return liveness();
  };
}

/** GET /readyz: ready once a model is loaded. An absent registry does not make it unready; the age of its view shows. */
export function readyz(context: ServingContext): Route {
  return (request) => {
    readQuery(request.originalUrl, []);
    const version = context.models.champion?.version ?? null;
    const facts = {
      ready: version !== null,
      model: context.model,
      version,
      stalenessMs: Math.round(context.view.stalenessMs()),
      ...context.extraHealth(),
    };
    return version === null ? problem('model-not-loaded', { members: facts }) : jsonAnswer(200, facts);
  };
}

export function metrics(context: ServingContext): Route {
  return (request) => {
    readQuery(request.originalUrl, []);
    return metricsAnswer(context.metrics.registry);
  };
}

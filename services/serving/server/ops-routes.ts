import { jsonAnswer, liveness, metricsAnswer } from '../../../shared/http/answer';
import { problem } from '../../../shared/http/problem';
import { pageDocument } from '../page/page-routes';
import type { FellowWorkers } from '../workers/messages';
import { type RootFacts, rootHtml, rootJson } from './root-answer';
import type { Route, ServingContext } from './serving-context';

/** GET /: JSON unless the client would rather have a page, which is the dashboard where it was built. */
export function root(context: ServingContext): Route {
  return async (request) => {
    const facts: RootFacts = {
      model: context.model,
      version: context.models.champion?.version ?? null,
      stalenessMs: context.view.stalenessMs(),
    };
    if (request.accepts(['application/json', 'text/html']) !== 'text/html') return rootJson(facts);
    return (await pageDocument(context, request)) ?? rootHtml(facts);
  };
}

export function livez(): Route {
  return () => liveness();
}

/**
 * GET /readyz: ready once a model is loaded, in every process that shares the port. An absent registry does not make it
 * unready; the age of its view shows.
 */
export function readyz(context: ServingContext): Route {
  return async () => {
    const version = context.models.champion?.version ?? null;
    const workers = context.fellowWorkers === null ? null : await readiness(context.fellowWorkers);
    const ready = version !== null && (workers === null || workers.ready === workers.wanted);
    const facts = {
      ready,
      model: context.model,
      version,
      stalenessMs: Math.round(context.view.stalenessMs()),
      ...(workers === null ? {} : { workers }),
      ...context.extraHealth(),
    };
    return ready ? jsonAnswer(200, facts) : problem('model-not-loaded', { members: facts });
  };
}

async function readiness(workers: FellowWorkers): Promise<{ wanted: number; ready: number }> {
  const { workersWanted, versions } = await workers.report();
  return { wanted: workersWanted, ready: versions.filter((version) => version !== null).length };
}

/** GET /metrics: of all processes that share the port, whichever of them was asked. */
export function metrics(context: ServingContext): Route {
  return async () => {
    const registry = context.prometheus();
    if (context.fellowWorkers === null) return metricsAnswer(registry);
    const { metrics } = await context.fellowWorkers.report();
    return { status: 200, headers: { 'content-type': registry.contentType }, body: metrics };
  };
}

import type { RootAnswer } from '../../../shared/api/models';
import { type Answer, jsonAnswer } from '../../../shared/http/answer';
import type { ModelSource } from '../models/choose-model';
import type { Route } from '../route/route';
import type { PageFiles } from './page-files';
import { pageDocument } from './page-routes';

export interface RootNeeds extends ModelSource {
  readonly model: string;
  readonly pageFiles: PageFiles;
}

export interface RootFacts {
  readonly model: string;
  readonly version: number | null;
  readonly stalenessMs: number;
}

/** A registry that was not seen for longer counts as away; it is polled several times a second. */
export const STALE_AFTER_MS = 5_000;

/** GET /: JSON unless the client prefers text/html, which gives the dashboard where it was built. */
export function root({ model, models, view, pageFiles }: RootNeeds): Route {
  return async (request) => {
    const facts = { model, version: models.champion?.version ?? null, stalenessMs: view.stalenessMs() };
    if (request.accepts(['application/json', 'text/html']) !== 'text/html') return rootJson(facts);
    return (await pageDocument(pageFiles, request)) ?? rootHtml(facts);
  };
}

/** Tells a visitor that the service works, and the next steps. */
export function rootBody({ model, version, stalenessMs }: RootFacts): RootAnswer {
  return {
    message:
      version === null
        ? 'Alder is up and ready to learn. Train your first tree, it only takes a moment!'
        : `Your tree is growing well: version ${version} is live. Send it a row, or train the next one!`,
    model,
    version,
    next: {
      train: 'GET /train_decision_tree',
      serve: 'POST /serve_decision_tree',
      pinned: `POST /models/serve/${model}/${version ?? 1}`,
    },
    ...(stalenessMs > STALE_AFTER_MS ? { stalenessMs: Math.round(stalenessMs) } : {}),
  };
}

function rootJson(facts: RootFacts): Answer {
  return jsonAnswer(200, rootBody(facts), { vary: 'accept' });
}

/** The small page where no dashboard was built. The model's name is a slug, so no text needs escaping. */
function rootHtml(facts: RootFacts): Answer {
  const { message, next } = rootBody(facts);
  const steps = Object.values(next).map((step) => `<li><code>${step}</code></li>`);
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      vary: 'accept',
    },
    body: `<!doctype html><html lang="en"><title>Alder</title><h1>Alder</h1><p>${message}</p><ul>${steps.join('')}</ul><p><a href="docs">All that it answers</a></p></html>\n`,
  };
}

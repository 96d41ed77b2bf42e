import type { RootAnswer } from '../../../shared/api/models';
import { type Answer, jsonAnswer } from '../../../shared/http/answer';

/** Above this the registry counts as away; a poll comes several times a second. */
export const STALE_AFTER_MS = 5_000;

export interface RootFacts {
  readonly model: string;
  readonly version: number | null;
  readonly stalenessMs: number;
}

/** The first thing a visitor sees: that it works, and what to do next. */
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

export function rootJson(facts: RootFacts): Answer {
  return jsonAnswer(200, rootBody(facts), { vary: 'accept' });
}

/** The same for a browser. The model's name is a slug and the rest is ours, so nothing needs escaping. */
export function rootHtml(facts: RootFacts): Answer {
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

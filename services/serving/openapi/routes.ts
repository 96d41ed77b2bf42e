import { type Answer, jsonAnswer } from '../../../shared/http/answer';
import type { Route } from '../server/serving-context';
import { DOCS_POLICY, docsPage } from './docs-page';
import { openApiDocument } from './openapi-document';

/** GET /openapi.json, made when it is first asked for. */
export function showOpenApi(): Route {
  return once(() => jsonAnswer(200, openApiDocument()));
}

/** GET /docs: the same for a person. */
export function showDocs(): Route {
  return once(() => ({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': DOCS_POLICY },
    body: docsPage(openApiDocument()),
  }));
}

function once(make: () => Answer): Route {
  let made: Answer | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

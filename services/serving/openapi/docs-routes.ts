import { createHash } from 'node:crypto';
import { type Answer, jsonAnswer } from '../../../shared/http/answer';
import type { Route } from '../route/route';
import { type OpenApiDocument, type OperationObject, openApiDocument } from './openapi-document';

/** GET /openapi.json, made for the first request. */
export function showOpenApi(): Route {
  return once(() => jsonAnswer(200, openApiDocument()));
}

/** GET /docs: the same document as a page for people. */
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

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { margin-bottom: 0; }
details { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .5rem 0; }
summary { cursor: pointer; }
code, pre { font: .875rem/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; background: color-mix(in srgb, currentColor 7%, transparent); }
.method { display: inline-block; min-width: 3.5rem; font-weight: 600; }
.admin { font-size: .8rem; border: 1px solid; border-radius: .25rem; padding: 0 .3rem; }
table { border-collapse: collapse; }
td, th { text-align: left; vertical-align: top; padding: .15rem 1rem .15rem 0; }
`;

/** The content security policy of the page: no script, no other origin, and this one style. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** The document as a page for people; it needs no script. */
export function docsPage({ info, paths }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationHtml(method, path, operation)),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(info.title)} ${escaped(info.version)}: HTTP API</title><style>${STYLE}</style></head>
<body><h1>${escaped(info.title)}</h1>
<p>${escaped(info.description)} For programs: <a href="openapi.json">openapi.json</a>.</p>
${operations.join('\n')}
</body></html>
`;
}

function operationHtml(method: string, path: string, operation: OperationObject): string {
  const { summary, parameters, requestBody, responses, security } = operation;
  const admin = security === undefined ? '' : ' <span class="admin">admin</span>';
  return `<details><summary><code><span class="method">${method.toUpperCase()}</span> ${escaped(path)}</code>${admin}<br>${escaped(summary)}</summary>
${parametersHtml(parameters)}
${requestBody === undefined ? '' : `<h3>Body</h3>${jsonHtml(contentOf(requestBody))}`}
<h3>Answers</h3>
${Object.entries(responses)
  .map(([status, response]) => responseHtml(status, response))
  .join('\n')}
</details>`;
}

function parametersHtml(parameters: OperationObject['parameters']): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    ({ name, in: place, description = '' }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${place}</td><td>${escaped(description)}</td></tr>`,
  );
  return `<table><tr><th>parameter</th><th>in</th><th></th></tr>${rows.join('')}</table>`;
}

function responseHtml(status: string, response: object): string {
  const { description } = response as { description: string };
  const schema = contentOf(response);
  const isProblem = schema !== null && '$ref' in schema;
  const shape = schema === null || isProblem ? '' : jsonHtml(schema);
  return `<p><code>${status}</code> ${escaped(description)}</p>${shape}`;
}

function contentOf(described: object): object | null {
  const { content } = described as { content: Record<string, { schema?: object }> };
  return Object.values(content)[0]?.schema ?? null;
}

function jsonHtml(schema: object | null): string {
  return schema === null ? '' : `<pre>${escaped(JSON.stringify(schema, null, 2))}</pre>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

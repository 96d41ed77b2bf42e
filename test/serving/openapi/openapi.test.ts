import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { docsPage } from '../../../services/serving/openapi/docs-routes';
import {
  type OpenApiDocument,
  type OperationObject,
  openApiDocument,
} from '../../../services/serving/openapi/openapi-document';
import { type ServingParts, servingApp } from '../../../services/serving/server/app';
import type { Serving } from '../../../services/serving/server/serving';
import { routePath } from '../../../shared/api/operation';
import { OPERATIONS } from '../../../shared/api/operations';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing } from '../../support/test-serving';

const registry = new MemoryModelRegistry();
let serving: Serving;
let document: OpenApiDocument;
let pageFolder: string;

beforeAll(async () => {
  const publisher = await Publisher.open(registry);
  await publisher.publish(irisTree());
  await publisher.publish(irisTree());
  pageFolder = mkdtempSync(join(tmpdir(), 'alder-page-'));
  writeFileSync(join(pageFolder, 'page-1.js'), '');
  serving = await startTestServing(registry, { pageFolder });
  document = (await request(serving.url).get('/openapi.json').expect(200)).body;
});

afterAll(async () => {
  await serving.stop();
  rmSync(pageFolder, { recursive: true, force: true });
});

function operations(): [method: string, path: string, operation: OperationObject][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [method, path, operation] as [string, string, OperationObject],
    ),
  );
}

/** The paths that the router has, read from the router itself. */
function routedPaths(): string[] {
  const parts = {
    metrics: {},
    admins: { isOpen: true },
    registry,
    view: {},
    model: 'm',
  } as unknown as ServingParts;
  const { router } = servingApp(parts) as unknown as {
    router: { stack: { route?: { path: string; methods: Record<string, boolean> } }[] };
  };
  return router.stack.flatMap(({ route }) => (route === undefined ? [] : [route.path]));
}

test('the document and the router have the same paths', () => {
  const described = Object.keys(document.paths).map(routePath);
  expect(described.sort()).toEqual(routedPaths().sort());
});

test('every described method is answered, and every other is 405 with the described ones in Allow', async () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    const real = path.replace('{model}', 'decisiontree').replace(/\{[a-z]+\}/, '1');
    const { headers } = await request(serving.url).delete(real).expect(405);
    const allowed = headers.allow!.split(', ').filter((method) => method !== 'HEAD');
    expect(allowed.map((method) => method.toLowerCase()).sort()).toEqual(Object.keys(methods).sort());
  }
});

test('every GET answers in the described shape', async () => {
  let checked = 0;
  for (const operation of Object.values(OPERATIONS)) {
    const shape = (operation.answers as Record<number, unknown>)[200];
    if (
      !(operation.methods as readonly string[]).includes('get') ||
      operation.path === '/train_decision_tree'
    )
      continue;
    const path = operation.path
      .replace('{model}', 'decisiontree')
      .replace('{alias}', 'champion')
      .replace('{file}', 'page-1.js')
      .replace(/\{[a-z]+\}/, '1');
    // A stream has no end to wait for; its header says the same.
    const method = shape === 'text/event-stream' ? 'head' : 'get';
    const { body, headers } = await request(serving.url)[method](path).expect(200);
    if (typeof shape === 'string') expect(headers['content-type']).toContain(shape);
    else expect(() => (shape as { parse(body: unknown): unknown }).parse(body)).not.toThrow();
    checked++;
  }
  expect(checked).toBeGreaterThan(15);
});

test('operation ids are unique, path parameters are described, and admin operations ask for the token', () => {
  const all = operations();
  const ids = all.map(([, , { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, path, { parameters }] of all) {
    const inPath = parameters.filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{[a-z]+\}/g) ?? []);
    for (const { description } of inPath) expect(description).toMatch(/\w/);
  }
  const secured = all.filter(([, , { security }]) => security !== undefined).map(([, path]) => path);
  expect(secured).toEqual([
    '/models/{model}/aliases/{alias}',
    '/models/{model}/rollback',
    '/models/{model}/release',
  ]);
});

test('each problem is described under its status, with its codes', () => {
  const { responses } = document.paths['/models/{model}/aliases/{alias}']!.put!;
  expect((responses['412'] as { description: string }).description).toBe(
    'Precondition Failed: precondition-failed',
  );
  expect((responses['428'] as { description: string }).description).toContain('precondition-required');
});

test('the docs page needs no script and no other origin, and its policy allows its style alone', async () => {
  const { text, headers } = await request(serving.url).get('/docs').expect(200);
  expect(text).not.toMatch(/<script|https?:\/\//i);
  const style = /<style>([\s\S]*)<\/style>/.exec(text)![1]!;
  const hash = createHash('sha256').update(style).digest('base64');
  expect(headers['content-security-policy']).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
  for (const path of Object.keys(document.paths)) expect(text).toContain(path);
});

test('text of the document is escaped in the page', () => {
  const { info } = openApiDocument();
  const hostile = { ...openApiDocument(), info: { ...info, title: '<img onerror="x">' } };
  expect(docsPage(hostile)).not.toContain('<img');
});

import request from 'supertest';
import { rootBody } from '../../../services/serving/page/root-route';
import type { Serving } from '../../../services/serving/server/serving';
import { rootAnswer, versionsAnswer } from '../../../shared/api/models';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, type MadeVersion, Publisher } from '../../support/stored-versions';
import { startTestServing } from '../../support/test-serving';

const registry = new MemoryModelRegistry();
let made: MadeVersion;
let serving: Serving;

beforeAll(async () => {
  made = await (await Publisher.open(registry)).publish(irisTree());
  serving = await startTestServing(registry);
});

afterAll(() => serving.stop());

test('the root names the live version and the next steps', async () => {
  const { body, headers } = await request(serving.url).get('/').expect(200);
  expect(rootAnswer.parse(body)).toMatchObject({
    model: 'decisiontree',
    version: 1,
    next: {
      train: 'GET /train_decision_tree',
      serve: 'POST /serve_decision_tree',
      pinned: 'POST /models/serve/decisiontree/1',
    },
  });
  expect(headers['content-type']).toBe('application/json');
});

test('the root is a page without scripts for clients that prefer HTML, and JSON for others', async () => {
  const typeFor = async (accept: string) =>
    (await request(serving.url).get('/').set('accept', accept)).headers['content-type'];
  expect(await typeFor('text/html,application/xhtml+xml,*/*;q=0.8')).toBe('text/html; charset=utf-8');
  expect(await typeFor('*/*')).toBe('application/json');
  expect(await typeFor('application/json;q=0.9,text/html;q=0.1')).toBe('application/json');
  expect(await typeFor('image/png')).toBe('application/json');
  const { text } = await request(serving.url).get('/').set('accept', 'text/html');
  expect(text).toContain('version 1 is live');
  expect(text).not.toContain('<script');
});

test('the root names the staleness of the registry only when it is large', () => {
  expect(rootBody({ model: 'm', version: null, stalenessMs: 200 })).toMatchObject({
    version: null,
    next: { pinned: 'POST /models/serve/m/1' },
  });
  expect(rootBody({ model: 'm', version: 1, stalenessMs: 200 })).not.toHaveProperty('stalenessMs');
  expect(rootBody({ model: 'm', version: 1, stalenessMs: 60_000.4 })).toMatchObject({ stalenessMs: 60_000 });
});

test('the list has the stored versions, and a version is its record byte for byte', async () => {
  const { body } = await request(serving.url).get('/models/decisiontree/versions').expect(200);
  expect(versionsAnswer.parse(body)).toEqual({
    model: 'decisiontree',
    latest: 1,
    aliases: { champion: 1 },
    versions: [1],
    next: null,
  });
  const { text } = await request(serving.url).get('/models/decisiontree/versions/1').expect(200);
  expect(text).toBe(made.recordText);
});

test('HEAD is answered like GET, without the body', async () => {
  for (const path of ['/', '/livez', '/readyz', '/models/decisiontree/versions']) {
    const { text, headers } = await request(serving.url).head(path).expect(200);
    expect(text ?? '').toBe('');
    expect(Number(headers['content-length'])).toBeGreaterThan(0);
  }
});

test('a POST to a path for GET is 405 with Allow', async () => {
  await request(serving.url).post('/').expect(405).expect('allow', 'GET, HEAD');
  await request(serving.url).delete('/train_decision_tree').expect(405).expect('allow', 'GET, HEAD, POST');
  await request(serving.url).options('/metrics').expect(405).expect('allow', 'GET, HEAD');
});

test('the service is ready once a model is loaded', async () => {
  await request(serving.url).get('/livez').expect(200);
  const { body } = await request(serving.url).get('/readyz').expect(200);
  expect(body).toMatchObject({ ready: true, model: 'decisiontree', version: 1 });
  expect(body.stalenessMs).toBeGreaterThanOrEqual(0);

  const empty = await startTestServing(new MemoryModelRegistry());
  const unready = await request(empty.url).get('/readyz').expect(503).expect('retry-after', '1');
  expect(unready.body).toMatchObject({ code: 'model-not-loaded', ready: false, version: null });
  await empty.stop();
});

test('metrics count by route template and status, rows, and the served version', async () => {
  const body = {
    data: [
      [1, 1, 1, 1],
      [1, 1, 5, 1],
    ],
  };
  await request(serving.url).post('/models/serve/decisiontree/champion').send(body).expect(200);
  await request(serving.url).post('/models/serve/other/1').send(body).expect(404);
  const { text } = await request(serving.url).get('/metrics').expect(200);
  expect(text).toContain('alder_http_requests_total{route="/models/serve/:model/:selector",status="200"} 1');
  expect(text).toContain('alder_http_requests_total{route="/models/serve/:model/:selector",status="404"} 1');
  expect(text).toContain('alder_rows_predicted_total 2');
  expect(text).toContain('alder_served_version 1');
  expect(text).toMatch(/alder_registry_staleness_seconds \d/);
});

test('an internal error is logged, and its 500 tells nothing about it', async () => {
  const logged: unknown[] = [];
  const error = (...line: unknown[]) => void logged.push(line);
  const broken = new MemoryModelRegistry();
  broken.listVersions = () => Promise.reject(new TypeError('the secret'));
  const server = await startTestServing(broken, {
    log: { info: () => undefined, warn: () => undefined, error },
  });
  const { text } = await request(server.url).get('/models/decisiontree/versions').expect(500);
  expect(JSON.parse(text).code).toBe('internal');
  expect(text).not.toContain('secret');
  expect(JSON.stringify(logged)).toContain('the secret');
  await server.stop();
});

test('a taken port stops the start and leaves nothing running', async () => {
  await expect(startTestServing(registry, { port: serving.port })).rejects.toMatchObject({
    code: 'port-taken',
    message: expect.stringMatching(new RegExp(`^port ${serving.port} is taken; try PORT=\\d+ npm start`)),
  });
});

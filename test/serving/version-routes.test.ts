import { createHash } from 'node:crypto';
import request from 'supertest';
import type { Serving } from '../../services/serving/serving';
import { versionsAnswer } from '../../shared/api/answers';
import { modelAnswer, modelsAnswer } from '../../shared/api/version-answers';
import { MemoryModelRegistry } from '../support/memory-model-registry';
import { IRIS_CLASSES, IRIS_FEATURES, irisTree, Publisher } from '../support/stored-versions';
import { startTestServing } from '../support/test-serving';

const VERSIONS = '/models/decisiontree/versions';

const registry = new MemoryModelRegistry();
let serving: Serving;

beforeAll(async () => {
  const publisher = await Publisher.open(registry);
  for (let i = 0; i < 5; i++) await publisher.publish(irisTree());
  serving = await startTestServing(registry);
});

afterAll(() => serving.stop());

const get = (path: string) => request(serving.url).get(path);

test('versions come a page at a time, and every page says how to get the next', async () => {
  const seen: number[][] = [];
  for (let query: string | null = '?limit=2'; query !== null; ) {
    const { versions, next, latest } = versionsAnswer.parse(
      (await get(`${VERSIONS}${query}`).expect(200)).body,
    );
    expect(latest).toBe(5);
    seen.push(versions);
    query = next === null ? null : `?limit=2&after=${next}`;
  }
  expect(seen).toEqual([[1, 2], [3, 4], [5]]);
});

test.each(['limit=0', 'limit=1001', 'limit=01', 'after=-1', 'after=x', 'after=1&after=2'])(
  'a page of %s is 400',
  async (query) => {
    expect((await get(`${VERSIONS}?${query}`).expect(400)).body.code).toBe('invalid-query');
  },
);

test('a version never changes: a strong ETag, a year in any cache, and 304 for who has it', async () => {
  const { text, headers } = await get(`${VERSIONS}/2`).expect(200);
  expect(headers.etag).toBe(`"${createHash('sha256').update(text).digest('hex')}"`);
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  for (const tags of [headers.etag!, `"x", ${headers.etag}`, `W/${headers.etag}`, '*']) {
    const known = await get(`${VERSIONS}/2`).set('if-none-match', tags).expect(304);
    expect(known.text).toBe('');
    expect(known.headers).not.toHaveProperty('content-length');
    expect(known.headers.etag).toBe(headers.etag);
  }
  await get(`${VERSIONS}/2`).set('if-none-match', '"x"').expect(200);
});

test('a model says what is live, what is newest, and what it reads and answers', async () => {
  const model = modelAnswer.parse((await get('/models/decisiontree').expect(200)).body);
  expect(model).toMatchObject({
    champion: { version: 5, held: false },
    latest: 5,
    previousChampion: 4,
    versions: 5,
    features: IRIS_FEATURES,
    classes: IRIS_CLASSES,
  });
  const { models } = modelsAnswer.parse((await get('/models').expect(200)).body);
  expect(models.map((each) => each.model)).toEqual(['decisiontree']);
  for (const name of ['other', '__proto__', 'constructor', 'a'.repeat(65)])
    expect((await get(`/models/${name}`).expect(404)).body.code).toBe('unknown-model');
});

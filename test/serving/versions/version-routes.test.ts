import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import request from 'supertest';
import { numbersFrom } from '../../../bench/harness/random';
import type { Serving } from '../../../services/serving/server/serving';
import { WRITTEN_NODES_MAX } from '../../../services/serving/versions/version-routes';
import { modelAnswer, modelsAnswer, versionsAnswer } from '../../../shared/api/models';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import type { Tree } from '../../../shared/tree/tree';
import { encodeTree, treeDigest } from '../../../shared/tree/tree-codec';
import { encodeAs, TREE_FILE_KINDS, TREE_FORMAT_NAMES } from '../../../shared/tree-formats/formats';
import { trainingSet } from '../../engine/training-sets';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { IRIS_CLASSES, IRIS_FEATURES, irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing } from '../../support/test-serving';

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

test('versions are listed in pages, and each page names the next', async () => {
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
  'a list of versions with %s is 400',
  async (query) => {
    expect((await get(`${VERSIONS}?${query}`).expect(400)).body.code).toBe('invalid-query');
  },
);

test('a version has a strong ETag and is asked for again, since another registry may use its number again', async () => {
  const { text, headers } = await get(`${VERSIONS}/2`).expect(200);
  expect(headers.etag).toBe(`"${createHash('sha256').update(text).digest('hex')}"`);
  expect(headers['cache-control']).toBe('no-cache');
  for (const tags of [headers.etag!, `"x", ${headers.etag}`, `W/${headers.etag}`, '*']) {
    const known = await get(`${VERSIONS}/2`).set('if-none-match', tags).expect(304);
    expect(known.text).toBe('');
    expect(known.headers).not.toHaveProperty('content-length');
    expect(known.headers.etag).toBe(headers.etag);
  }
  await get(`${VERSIONS}/2`).set('if-none-match', '"x"').expect(200);
});

test('a model names its champion, its newest version, its features and its classes', async () => {
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

describe('a tree', () => {
  const TREE = `${VERSIONS}/2/tree`;

  test('a tree is answered as it is stored, with its digest as the ETag', async () => {
    const { text, headers } = await get(TREE).expect(200);
    expect(text).toBe(encodeTree(irisTree()));
    expect(headers.etag).toBe(`"${treeDigest(text)}"`);
    expect(headers['content-type']).toBe('application/json');
    await get(TREE).set('if-none-match', headers.etag!).expect(304);
  });

  test.each(TREE_FORMAT_NAMES)(
    'a tree as %s has the same bytes as an export, and is asked for again',
    async (format) => {
      const { body, headers } = await get(`${TREE}?format=${format}`)
        .buffer(true)
        .parse(wholeBody)
        .expect(200);
      const facts = { model: 'decisiontree', version: 2, digest: treeDigest(encodeTree(irisTree())) };
      expect(body).toEqual(Buffer.from(encodeAs(format, irisTree(), facts)));
      expect(headers['content-type']).toBe(TREE_FILE_KINDS[format].contentType);
      expect(headers['cache-control']).toBe('no-cache');
      expect(headers.etag).toMatch(/^"[0-9a-f]{64}"$/);
    },
  );

  test('an unknown tree or format is refused', async () => {
    expect((await get(`${TREE}?format=exe`).expect(400)).body.code).toBe('invalid-query');
    expect((await get(`${VERSIONS}/9/tree`).expect(404)).body.code).toBe('unknown-version');
    expect((await get(`${VERSIONS}/9/tree?format=svg`).expect(404)).body.code).toBe('unknown-version');
  });

  test('a tree that is too large for a format is 422, and is answered as it is stored', async () => {
    const other = new MemoryModelRegistry();
    const publisher = await Publisher.open(other);
    await publisher.publish(largeTree(WRITTEN_NODES_MAX));
    await publisher.publish({ ...irisTree(), classNames: ['a\u0000', 'b', 'c'] });
    const server = await startTestServing(other);
    const ask = (path: string) => request(server.url).get(`${VERSIONS}/${path}`);
    expect((await ask('1/tree?format=dot').expect(422)).body.code).toBe('export-too-large');
    expect((await ask('2/tree?format=pmml').expect(422)).body.code).toBe('export-format');
    for (const version of [1, 2]) await ask(`${version}/tree`).expect(200);
    await server.stop();
  });
});

/** Values in order whose classes follow no rule, so that every other one of them is a leaf: more than `nodes` nodes. */
function largeTree(nodes: number): Tree {
  const values = Array.from({ length: 2 * nodes }, (_, value) => value);
  const next = numbersFrom(1);
  const unruly = trainingSet(
    [values],
    values.map(() => (next() < 0.5 ? 0 : 1)),
  );
  return fitExact(unruly, { maxDepth: 1_024, minLeafRows: 1 });
}

function wholeBody(response: request.Response, done: (error: Error | null, body: unknown) => void): void {
  void buffer(response as unknown as Readable).then((body) => done(null, body));
}

import request from 'supertest';
import type { Serving } from '../../../services/serving/server/serving';
import {
  aliasAnswer,
  aliasChangedAnswer,
  aliasesAnswer,
  journalAnswer,
  liveAtAnswer,
} from '../../../shared/api/models';
import { AlderError } from '../../../shared/errors';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing } from '../../support/test-serving';

const ALIASES = '/models/decisiontree/aliases';
const ROW = { data: [5, 3, 1, 0.2] };

let registry: MemoryModelRegistry;
let publisher: Publisher;
let serving: Serving;

beforeEach(async () => {
  registry = new MemoryModelRegistry();
  publisher = await Publisher.open(registry);
  for (let version = 1; version <= 3; version++) await publisher.publish(irisTree(version));
  serving = await startTestServing(registry);
});

afterEach(() => serving.stop());

const api = () => request(serving.url);
const put = (alias: string, version: unknown, match: string | null = '"3"') => {
  const asked = api().put(`${ALIASES}/${alias}`);
  return (match === null ? asked : asked.set('if-match', match)).send({ version } as object);
};
const served = async (selector = 'champion') =>
  (await api().post(`/models/serve/decisiontree/${selector}`).send(ROW)).body.version as number;

describe('promoting a version by hand', () => {
  test('a promoted version is served at once and held when the next one is published', async () => {
    const { body, headers } = await put('champion', 1).expect(200);
    expect(aliasChangedAnswer.parse(body)).toEqual({
      model: 'decisiontree',
      alias: 'champion',
      from: 3,
      version: 1,
      revision: 4,
      held: true,
    });
    expect(headers.etag).toBe('"4"');
    expect(await served()).toBe(1);
    expect((await api().post('/serve_decision_tree').send(ROW)).body.version).toBe(1);
    await expect(publisher.publish(irisTree(4))).rejects.toThrow('held');
  });

  test('the journal records who promoted a version, why and when', async () => {
    await api()
      .put(`${ALIASES}/champion`)
      .set('if-match', '"3"')
      .send({ version: 2, reason: 'the third one is odd', actor: 'ada' })
      .expect(200);
    const { body } = await api().get('/models/decisiontree/journal?limit=2').expect(200);
    const [newest, before] = journalAnswer.parse(body).entries;
    expect(newest).toMatchObject({
      alias: 'champion',
      from: 3,
      to: 2,
      revision: 4,
      reason: 'the third one is odd',
      actor: 'person ada',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(before).toMatchObject({ to: 3, actor: 't' });
  });

  test('an actor who names himself like a trainer is recorded as a person', async () => {
    const body = { version: 2, actor: 'trainer 7' };
    await api().put(`${ALIASES}/champion`).set('if-match', '"3"').send(body).expect(200);
    const [newest] = await registry.journal(1);
    expect(newest!.actor).toBe('person trainer 7');
  });

  test('one of two changes of the same revision gets 200, the other 412', async () => {
    const [one, other] = await Promise.all([put('champion', 1), put('champion', 2)]);
    expect([one.status, other.status].sort()).toEqual([200, 412]);
    const loser = one.status === 412 ? one : other;
    expect(loser.body).toMatchObject({ code: 'precondition-failed', revision: 4 });
    expect(loser.headers.etag).toBe('"4"');
  });

  test.each([
    ['without If-Match', null, 428, 'precondition-required'],
    ['with a revision from before', '"2"', 412, 'precondition-failed'],
    ['with a weak tag, which matches nothing', 'W/"3"', 412, 'precondition-failed'],
    ['with a tag of no revision', '"three"', 412, 'precondition-failed'],
    ['with a field that is no tag', '3', 400, 'invalid-header'],
  ])('a promotion %s (%s) is %d %s', async (_, match, status, code) => {
    const { body } = await put('champion', 1, match).expect(status);
    expect(body.code).toBe(code);
    expect(await served()).toBe(3);
  });

  test.each([
    ['a version that was never published', 4, 404, 'unknown-version'],
    ['a number as text', '1', 422, 'field-invalid'],
    ['a fraction', 1.5, 422, 'field-invalid'],
    ['zero', 0, 422, 'field-invalid'],
    ['nothing', undefined, 422, 'field-invalid'],
  ])('a promotion to %s (%s) is %d %s', async (_, version, status, code) => {
    const { body } = await put('champion', version).expect(status);
    expect(body.code).toBe(code);
    if (status === 422) expect(body.errors).toEqual([{ pointer: '/version', code }]);
  });

  test.each([
    ['two keys', '{"version":1,"version":2}', 400, 'duplicate-key'],
    ['a key that is not known', '{"version":1,"hold":true}', 422, 'unknown-key'],
    ['no JSON', '{"version":1', 400, 'invalid-json'],
    ['__proto__', '{"version":1,"__proto__":{}}', 400, 'forbidden-key'],
    ['a list', '[1]', 422, 'field-invalid'],
    ['a reason of two lines', '{"version":1,"reason":"a\\nb"}', 422, 'field-invalid'],
    ['an actor that is too long', `{"version":1,"actor":"${'a'.repeat(65)}"}`, 422, 'field-invalid'],
    [
      'more than such a document needs',
      `{"version":1,"reason":"${'a'.repeat(20_000)}"}`,
      413,
      'body-too-large',
    ],
  ])('a promotion whose body has %s is refused and moves nothing', async (_, body, status, code) => {
    const asked = api().put(`${ALIASES}/champion`).set('if-match', '"3"');
    const answer = await asked.set('content-type', 'application/json').send(body).expect(status);
    expect(answer.body.code).toBe(code);
    expect(await served()).toBe(3);
  });

  test('a body without the JSON content type is 415', async () => {
    for (const path of ['rollback', 'release'])
      await api()
        .post(`/models/decisiontree/${path}`)
        .set('content-type', 'text/plain')
        .send('{}')
        .expect(415);
    await api().post('/models/decisiontree/rollback').expect(415);
  });

  test('a lost reply is outcome-unknown, and the alias then shows what happened', async () => {
    const moveAlias = registry.moveAlias.bind(registry);
    registry.moveAlias = async (move) => {
      await moveAlias(move);
      throw new AlderError('registry-unavailable', 'the reply is lost');
    };
    const { body } = await put('champion', 1).expect(503).expect('retry-after', '1');
    expect(body.code).toBe('outcome-unknown');
    expect((await api().get(`${ALIASES}/champion`).expect(200)).body).toMatchObject({
      version: 1,
      revision: 4,
    });
  });

  test('a change while the registry is away is registry-unavailable', async () => {
    registry.isAway = true;
    expect((await put('champion', 1).expect(503)).body.code).toBe('registry-unavailable');
  });
});

describe('aliases of the user', () => {
  test('a new alias is made with If-None-Match, and its version is served and kept from retention', async () => {
    const make = () => api().put(`${ALIASES}/stable`).set('if-none-match', '*').send({ version: 1 });
    const { body, headers } = await make().expect(200);
    expect(body).toMatchObject({ alias: 'stable', from: null, version: 1, revision: 1, held: false });
    expect(headers.etag).toBe('"1"');
    expect((await make().expect(412)).body).toMatchObject({ code: 'precondition-failed', revision: 1 });
    expect(await served('stable')).toBe(1);
    for (let i = 0; i < 3; i++) await publisher.publish(irisTree(), { keepVersions: 1 });
    expect(await served('stable')).toBe(1);
  });

  test.each(['7', '007', 'latest', 'Stable', 'a'.repeat(65), '%2e%2e', '__proto__', 'a%20b'])(
    'cannot be called %s',
    async (alias) => {
      const asked = api().put(`${ALIASES}/${alias}`).set('if-none-match', '*');
      expect((await asked.send({ version: 1 }).expect(422)).body.code).toBe('alias-name');
    },
  );

  test('each alias has an address, whose ETag a move needs', async () => {
    const { body, headers } = await api().get(`${ALIASES}/champion`).expect(200);
    expect(aliasAnswer.parse(body)).toMatchObject({
      alias: 'champion',
      version: 3,
      revision: 3,
      held: false,
    });
    expect(headers.etag).toBe('"3"');
    for (const name of ['nobody', 'constructor', '7'])
      expect((await api().get(`${ALIASES}/${name}`).expect(404)).body.code).toBe('unknown-alias');
    const all = aliasesAnswer.parse((await api().get(ALIASES).expect(200)).body);
    expect(all).toMatchObject({ latest: 3, aliases: { champion: { version: 3 } } });
  });
});

describe('rollback and release', () => {
  const post = (what: string, headers: Record<string, string> = {}) =>
    api().post(`/models/decisiontree/${what}`).set(headers).send({});

  test('a rollback makes the previous champion live and holds it until the release', async () => {
    const { body } = await post('rollback').expect(200);
    expect(aliasChangedAnswer.parse(body)).toMatchObject({ from: 3, version: 2, held: true });
    expect(await served()).toBe(2);
    expect((await post('release').expect(200)).body).toMatchObject({ from: 2, version: 2, held: false });
    await publisher.publish(irisTree(4));
    expect((await registry.loadState()).aliases.champion!.version).toBe(4);
  });

  test('two rollbacks give the first champion again', async () => {
    await post('rollback').expect(200);
    expect((await post('rollback').expect(200)).body).toMatchObject({ from: 2, version: 3 });
  });

  test('a rollback with If-Match applies to that revision alone', async () => {
    await post('rollback', { 'if-match': '"2"' }).expect(412);
    await post('rollback', { 'if-match': '"3"' }).expect(200);
  });

  test('a rollback without a previous champion is 409', async () => {
    const young = new MemoryModelRegistry();
    const other = await startTestServing(young);
    const { body } = await request(other.url).post('/models/decisiontree/release').send({}).expect(503);
    expect(body.code).toBe('model-not-loaded');
    await (await Publisher.open(young)).publish(irisTree());
    const refused = await request(other.url).post('/models/decisiontree/rollback').send({}).expect(409);
    expect(refused.body.code).toBe('nothing-before');
    await other.stop();
  });

  test('the aliases of another model are not found', async () => {
    for (const name of ['other', '__proto__', '%2e%2e%2fx'])
      expect((await api().post(`/models/${name}/rollback`).send({}).expect(404)).body.code).toBe(
        'unknown-model',
      );
  });
});

describe('the journal', () => {
  test('the journal tells what was live at a given time', async () => {
    for (const [at, version] of [
      ['2024-02-01T00:00:00.000Z', 1],
      ['2024-03-01T00:00:00.000Z', 2],
    ] as const) {
      const { aliases } = await registry.loadState();
      const move = { alias: 'champion', version, held: true, reason: 'r', actor: 'person a', at };
      await registry.moveAlias({ ...move, expectedRevision: aliases.champion!.revision });
    }
    const liveAt = async (at: string) =>
      liveAtAnswer.parse((await api().get(`/models/decisiontree/journal?at=${at}`).expect(200)).body);
    expect(await liveAt('2023-01-01T00:00:00Z')).toMatchObject({ champion: null, isKnown: true });
    expect(await liveAt('2024-01-15T00:00:00Z')).toMatchObject({ champion: 3 });
    expect(await liveAt('2024-02-15T00:00:00%2B01:00')).toMatchObject({
      at: '2024-02-14T23:00:00.000Z',
      champion: 1,
      aliases: { champion: { reason: 'r' } },
    });
    expect(await liveAt('2025-01-01T00:00:00Z')).toMatchObject({ champion: 2 });
  });

  test.each([
    'at=yesterday',
    'at=2024-02-30T00:00:00Z',
    'at=',
    'limit=0',
    'limit=10001',
    'limit=1e1',
    'limit=1&limit=2',
  ])('a journal query of %s is 400', async (query) => {
    const { body } = await api().get(`/models/decisiontree/journal?${query}`).expect(400);
    expect(body.code).toBe('invalid-query');
  });
});

import { problemBody } from '../../shared/api/operation';
import { useAlder } from '../support/alder-process';
import { exchange, type RawAnswer, RawClient } from '../support/raw-http';
import { irisTree } from '../support/stored-versions';
import { CANNOT_BE_PARSED } from './body-cases';
import { chunked, GOOD_REQUEST, head } from './requests';
import { CAN_MEASURE, champions, type ServeProcess, startServeProcess, usageOf } from './serve-process';
import { ALIASES_UNKNOWN, MODELS_UNKNOWN, VERSIONS_UNKNOWN } from './target-cases';

const TOKEN = 'a-token-of-the-admins';
const MODEL = '/models/decisiontree';
const PINNED = `${MODEL}/versions/1`;
const CHALLENGER = `${MODEL}/aliases/challenger`;
const INFER = '/v2/models/decisiontree/infer';
const DOCUMENT_BYTES_MAX = 16_384;
const GROWTH_MIB_MAX = 96;

const alder = useAlder();
let serve: ServeProcess;
let residentMiB = 0;

// One process for all of it, never restarted, and after everything the next good request is answered.
beforeAll(async () => {
  serve = await startServeProcess(alder, { ALDER_ADMIN_TOKEN: TOKEN });
  for (const threshold of [2.45, 2]) await serve.publisher.publish(irisTree(threshold));
  await champions(serve.port);
  if (CAN_MEASURE) residentMiB = usageOf(serve.alder.pid).residentMiB;
}, 60_000);

afterEach(async () => {
  expect((await exchange(serve.port, GOOD_REQUEST))?.status).toBe(200);
});

afterAll(() => serve.remove());

async function refusal(bytes: string | Uint8Array): Promise<[status: number, code: string]> {
  return problemIn((await exchange(serve.port, bytes))!);
}

function problemIn(answer: RawAnswer): [status: number, code: string] {
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const { status, code, errors } = problemBody.parse(JSON.parse(answer.body));
  expect(status).toBe(answer.status);
  expect(errors!.length).toBeLessThanOrEqual(20);
  return [status, code];
}

/** A request with a JSON body and further fields. */
function send(
  method: string,
  path: string,
  body: string | Uint8Array,
  fields: readonly string[] = [],
): Buffer {
  const bytes = Buffer.from(body);
  const all = ['Content-Type: application/json', `Content-Length: ${bytes.byteLength}`, ...fields];
  return Buffer.concat([Buffer.from(head(method, path, all)), bytes]);
}

const ADMIN = [`Authorization: Bearer ${TOKEN}`];
const NEW = [...ADMIN, 'If-None-Match: *'];

describe('a route of the model', () => {
  const below = ['', '/versions', '/aliases', '/journal', '/shadow', '/versions/1/tree?format=svg'];

  test.each(MODELS_UNKNOWN)('every route of the model %s is unknown-model', async (model) => {
    for (const path of below)
      expect(await refusal(head('GET', `/models/${model}${path}`))).toEqual([404, 'unknown-model']);
    for (const path of ['rollback', 'release'])
      expect(await refusal(send('POST', `/models/${model}/${path}`, '{}', ADMIN))).toEqual([
        404,
        'unknown-model',
      ]);
  });

  test.each(VERSIONS_UNKNOWN)('the version %s is unknown and rounds to no other', async (version) => {
    const unknown = version === '4' ? '7' : version;
    for (const format of ['json', 'onnx'])
      expect(await refusal(head('GET', `${MODEL}/versions/${unknown}/tree?format=${format}`))).toEqual([
        404,
        'unknown-version',
      ]);
  });

  test.each(ALIASES_UNKNOWN)('the alias %s is unknown', async (alias) => {
    expect(await refusal(head('GET', `${MODEL}/aliases/${alias}`))).toEqual([404, 'unknown-alias']);
  });

  test.each([
    [`${PINNED}/tree?format=`, 'invalid-query'],
    [`${PINNED}/tree?format=PDF`, 'invalid-query'],
    [`${PINNED}/tree?format=svg&format=dot`, 'invalid-query'],
    [`${PINNED}/tree?format=__proto__`, 'invalid-query'],
    [`${PINNED}/tree?depth=3`, 'unknown-query'],
    [`${PINNED}?format=json`, 'unknown-query'],
    [`${MODEL}/versions?limit=0`, 'invalid-query'],
    [`${MODEL}/versions?limit=1001`, 'invalid-query'],
    [`${MODEL}/versions?after=-1`, 'invalid-query'],
    [`${MODEL}/versions?after=1e3`, 'invalid-query'],
    [`${MODEL}/journal?at=yesterday`, 'invalid-query'],
    [`${MODEL}/journal?at=2026-02-30T00:00:00Z`, 'invalid-query'],
    [`${MODEL}/journal?limit=10001`, 'invalid-query'],
    ['/models?page=2', 'unknown-query'],
    ['/openapi.json?x', 'unknown-query'],
    ['/docs?theme=dark', 'unknown-query'],
    [`${MODEL}/aliases/%zz`, 'invalid-path'],
  ])('GET %s is 400 %s', async (path, code) => {
    expect(await refusal(head('GET', path))).toEqual([400, code]);
  });

  test.each([
    ['DELETE', `${MODEL}/aliases/champion`, 'GET, HEAD, PUT'],
    ['PUT', MODEL, 'GET, HEAD'],
    ['GET', `${MODEL}/rollback`, 'POST'],
    ['POST', `${MODEL}/journal`, 'GET, HEAD'],
    ['GET', INFER, 'POST'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('%s %s is 405 with Allow', async (method, path, allow) => {
    const answer = await exchange(serve.port, head(method, path, ADMIN));
    expect([answer?.status, answer?.headers.allow]).toEqual([405, allow]);
  });
});

describe('a change', () => {
  const promote = '{"version":1}';

  test.each([
    ['no token', []],
    ['a wrong token', ['Authorization: Bearer other']],
    ['a token that begins right', [`Authorization: Bearer ${TOKEN.slice(0, -1)}`]],
    ['the right token as Basic', [`Authorization: Basic ${TOKEN}`]],
    ['two tokens, one of them right', [...ADMIN, 'Authorization: Bearer other']],
    ['a token of 10 KB', [`Authorization: Bearer ${'a'.repeat(10_000)}`]],
  ])('a change with %s is 401 and moves no alias', async (_what, fields) => {
    for (const [method, path] of [
      ['PUT', CHALLENGER],
      ['POST', `${MODEL}/rollback`],
      ['POST', `${MODEL}/release`],
    ] as const) {
      const bytes = send(method, path, promote, [...fields, 'If-None-Match: *']);
      const answer = await exchange(serve.port, bytes);
      expect(problemIn(answer!)).toEqual([401, 'unauthorized']);
      expect(answer!.headers['www-authenticate']).toMatch(/^Bearer/);
    }
    expect((await serve.registry.loadState()).aliases.challenger).toBeUndefined();
  });

  test('a change with the token in its query is 401, and the token is not in the log', async () => {
    expect(await refusal(send('PUT', `${CHALLENGER}?token=${TOKEN}`, promote))).toEqual([
      401,
      'unauthorized',
    ]);
    const { stdout, stderr } = serve.alder;
    expect([...stdout, ...stderr].join()).not.toContain(TOKEN);
  });

  test.each(CANNOT_BE_PARSED)(
    'a change whose body %s is refused as on every other route',
    async (_what, body, status, code) => {
      const refused = body.length > DOCUMENT_BYTES_MAX ? [413, 'body-too-large'] : [status, code];
      expect(await refusal(send('PUT', CHALLENGER, body, NEW))).toEqual(refused);
    },
  );

  test.each([
    '[]',
    'null',
    '7',
    '{}',
    '{"version":"1"}',
    '{"version":1.5}',
    '{"version":0}',
    '{"version":-1}',
    '{"version":1e15}',
    '{"version":9007199254740993}',
    '{"version":null}',
    '{"version":[1]}',
    '{"version":1,"held":true}',
    '{"version":1,"reason":""}',
    `{"version":1,"reason":"${'a'.repeat(201)}"}`,
    '{"version":1,"reason":"two\\nlines"}',
    '{"version":1,"actor":"\\u001b[31mred"}',
    '{"version":1,"actor":"\\ud800"}',
    '{"version":1,"actor":7}',
  ])('a change whose body is %s is 422', async (body) => {
    const [status, code] = await refusal(send('PUT', CHALLENGER, body, NEW));
    expect(status).toBe(422);
    expect(['field-invalid', 'not-an-object', 'unknown-key']).toContain(code);
  });

  test.each(['If-Match: 1', 'If-Match: "', 'If-Match: "1", "2"', 'If-Match:', 'If-None-Match: "1"'])(
    'a change with the header %s is 400',
    async (field) => {
      expect(await refusal(send('PUT', CHALLENGER, promote, [...ADMIN, field]))).toEqual([
        400,
        'invalid-header',
      ]);
    },
  );

  test.each(['If-Match: "0"', 'If-Match: "999999999999999"', 'If-Match: W/"1"', 'If-Match: "abc"'])(
    'a change with %s matches no revision: 412',
    async (field) => {
      expect(await refusal(send('PUT', CHALLENGER, promote, [...ADMIN, field]))).toEqual([
        412,
        'precondition-failed',
      ]);
    },
  );

  test('a change that ends in the middle of its body moves no alias', async () => {
    const bytes = send('PUT', CHALLENGER, promote, NEW);
    const client = new RawClient(serve.port);
    await client.write(bytes.subarray(0, bytes.length - 3));
    client.destroy();
    expect((await exchange(serve.port, GOOD_REQUEST))?.status).toBe(200);
    expect((await serve.registry.loadState()).aliases.challenger).toBeUndefined();
  });

  test('a change in chunks of one byte is the same change', async () => {
    const coded = head('PUT', CHALLENGER, [
      ...NEW,
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    ]);
    expect((await exchange(serve.port, coded + chunked(...promote)))?.status).toBe(200);
    expect((await serve.registry.loadState()).aliases.challenger?.version).toBe(1);
  });
});

describe('an inference request', () => {
  const tensor = (fields: string) => `{"inputs":[{"name":"rows",${fields}}]}`;

  test.each(CANNOT_BE_PARSED)(
    'an inference request whose body %s is refused as on every other route',
    async (_what, body, status, code) => {
      expect(await refusal(send('POST', INFER, body))).toEqual([status, code]);
    },
  );

  test.each([
    '[]',
    'null',
    '{}',
    '{"inputs":[]}',
    '{"inputs":{}}',
    '{"inputs":[null]}',
    tensor('"shape":[1,4],"datatype":"FP64"'),
    tensor('"shape":[1,4],"datatype":"FP64","data":"AAAA"'),
    tensor('"shape":[1,4],"datatype":"FP64","data":[1,1,1]'),
    tensor('"shape":[1,3],"datatype":"FP64","data":[1,1,1]'),
    tensor('"shape":[-1,4],"datatype":"FP64","data":[1,1,1,1]'),
    tensor('"shape":[1.5,4],"datatype":"FP64","data":[1,1,1,1]'),
    tensor('"shape":[1e9,4],"datatype":"FP64","data":[1,1,1,1]'),
    tensor('"shape":[1,4,1],"datatype":"FP64","data":[1,1,1,1]'),
    tensor('"shape":[0,4],"datatype":"FP64","data":[]'),
    tensor('"shape":[1,4],"datatype":"INT8","data":[1,1,1,1]'),
    tensor('"shape":[1,4],"datatype":"FP64","data":[1,1,1,"1"]'),
    tensor('"shape":[1,4],"datatype":"FP64","data":[1,1,1,null]'),
    tensor('"shape":[1,4],"datatype":"FP64","data":[1,1,1,1e999]'),
    tensor('"shape":[1,4],"datatype":"FP64","data":[[[[1]]]]'),
  ])('an inference request of %s is 422, without its values', async (body) => {
    expect((await refusal(send('POST', INFER, body)))[0]).toBe(422);
  });
});

const unknown = (name: string) => [
  `/models/${name}`,
  `${MODEL}/aliases/${name}`,
  `${MODEL}/versions/${name}`,
  `/v2/models/${name}`,
  `/${name}`,
];

test('ten thousand unknown names leave no trace in the metrics', async () => {
  const labels = async () =>
    new Set((await exchange(serve.port, head('GET', '/metrics')))!.body.match(/route="[^"]*"/g)).size;
  for (const path of unknown('first')) await exchange(serve.port, head('GET', path));
  await labels();
  const before = await labels();
  for (let i = 0; i < 2_000; i++) {
    for (const path of unknown(`n${i}`))
      expect((await exchange(serve.port, head('GET', path)))?.status).toBe(404);
  }
  expect(await labels()).toBe(before);
}, 60_000);

test('after all of it memory is where it was', async () => {
  if (CAN_MEASURE) expect(usageOf(serve.alder.pid).residentMiB - residentMiB).toBeLessThan(GROWTH_MIB_MAX);
});

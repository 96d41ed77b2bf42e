import type { Serving } from '../../services/serving/serving';
import { problemBody } from '../../shared/api/problem-body';
import { MemoryModelRegistry } from '../support/memory-model-registry';
import { exchange, RawClient } from '../support/raw-http';
import { irisTree, Publisher } from '../support/stored-versions';
import { startTestServing } from '../support/test-serving';

const BYTES_MAX = 1_048_576;
const CHAMPION_PATH = '/serve_decision_tree';
const PINNED_PATH = '/models/serve/decisiontree/3';

const registry = new MemoryModelRegistry();
let serving: Serving;

// One server for all of it, never restarted: whatever came before, the next good request is answered.
beforeAll(async () => {
  const publisher = await Publisher.open(registry);
  await publisher.publish(irisTree(1));
  await publisher.publish(irisTree(2));
  await publisher.publish(irisTree(2.45), { keepVersions: 1 });
  serving = await startTestServing(registry);
});

afterEach(async () => {
  const answer = await exchange(serving.port, post(CHAMPION_PATH, '{"data":[1,1,1,1]}'));
  expect(answer?.status).toBe(200);
});

afterAll(() => serving.stop());

function head(method: string, target: string, fields: readonly string[] = []): string {
  return `${[`${method} ${target} HTTP/1.1`, 'Host: a', ...fields].join('\r\n')}\r\n\r\n`;
}

function post(path: string, body: string | Uint8Array, type = 'application/json'): Uint8Array {
  const bytes = Buffer.from(body);
  const fields = [...(type === '' ? [] : [`Content-Type: ${type}`]), `Content-Length: ${bytes.byteLength}`];
  return Buffer.concat([Buffer.from(head('POST', path, fields)), bytes]);
}

async function refusal(bytes: string | Uint8Array): Promise<[status: number, code: string]> {
  const answer = await exchange(serving.port, bytes);
  expect(answer).not.toBeNull();
  expect(answer!.headers['content-type']).toBe('application/problem+json');
  expect(answer!.headers['x-content-type-options']).toBe('nosniff');
  expect(answer!.headers['x-powered-by']).toBeUndefined();
  const problem = problemBody.parse(JSON.parse(answer!.body));
  expect(problem.status).toBe(answer!.status);
  return [answer!.status, problem.code];
}

describe.each([CHAMPION_PATH, PINNED_PATH, '/models/serve/decisiontree/champion'])(
  'a body for %s',
  (path) => {
    const keys = (count: number) => `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join(',')}}`;
    const row = (feature: string) => `{"data":[5.1,3.5,1.4,${feature}]}`;
    const utf16 = Buffer.from('{"data":[1,1,1,1]}', 'utf16le');
    const brokenUtf8 = Buffer.concat([
      Buffer.from('{"data":["'),
      Buffer.from([0xff]),
      Buffer.from('",1,1,1]}'),
    ]);

    test.each<[what: string, body: string | Uint8Array, status: number, code: string]>([
      ['is empty', '', 400, 'invalid-json'],
      ['is truncated', '{"data":[1,1', 400, 'invalid-json'],
      ['has a trailing comma', '{"data":[1,1,1,1,]}', 400, 'invalid-json'],
      ['has a comment', '{"data":[1,1,1,1]/**/}', 400, 'invalid-json'],
      ['has single quotes', "{'data':[1,1,1,1]}", 400, 'invalid-json'],
      ['is two documents', '{"data":[1,1,1,1]}{"data":[1,1,1,1]}', 400, 'invalid-json'],
      ['holds NaN', row('NaN'), 400, 'invalid-json'],
      ['holds Infinity', row('Infinity'), 400, 'invalid-json'],
      ['begins with a byte order mark', '\uFEFF{"data":[1,1,1,1]}', 400, 'invalid-json'],
      ['is UTF-16', utf16, 400, 'invalid-json'],
      ['holds invalid UTF-8', brokenUtf8, 400, 'invalid-utf8'],
      ['has a key twice', '{"data":[1,1,1,1],"data":[1,1,1,1]}', 400, 'duplicate-key'],
      ['has the key __proto__', '{"data":[1,1,1,1],"__proto__":1}', 400, 'forbidden-key'],
      ['has it escaped', '{"data":[1,1,1,1],"\\u005f_proto__":1}', 400, 'forbidden-key'],
      ['is half a million nested arrays', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, 400, 'too-deep'],
      ['has 90,000 keys', keys(90_000), 400, 'too-many-fields'],
      ['is an array', '[1,1,1,1]', 422, 'not-an-object'],
      ['is null', 'null', 422, 'not-an-object'],
      ['is a number', '5', 422, 'not-an-object'],
      ['is a string', '"a"', 422, 'not-an-object'],
      ['lacks data', '{}', 422, 'missing-data'],
      ['has data null', '{"data":null}', 422, 'data-type'],
      ['has data as text', '{"data":"5.1,3.5"}', 422, 'data-type'],
      ['has data {}', '{"data":{}}', 422, 'missing-feature'],
      ['has no rows', '{"data":[]}', 422, 'empty-rows'],
      ['has too many rows', `{"data":[${Array(1_001).fill('[1,1,1,1]').join(',')}]}`, 422, 'too-many-rows'],
      ['has three numbers', '{"data":[1,1,1]}', 422, 'feature-count'],
      ['has five numbers', '{"data":[1,1,1,1,1]}', 422, 'feature-count'],
      ['has a feature as text', row('"5.1"'), 422, 'feature-type'],
      ['has a feature as empty text', row('""'), 422, 'feature-type'],
      ['has a feature as true', row('true'), 422, 'feature-type'],
      ['has a feature as a list', row('[5]'), 422, 'feature-type'],
      ['has a feature as null', row('null'), 422, 'feature-type'],
      ['has a feature of 1e999', row('1e999'), 422, 'non-finite'],
      ['has a feature of a million digits', row('9'.repeat(1_000_000)), 422, 'non-finite'],
      ['has another top-level key', '{"data":[1,1,1,1],"label":"setosa"}', 422, 'unknown-key'],
      [
        'has an unknown feature',
        '{"data":{"sepal_length":1,"sepal_width":1,"petal_length":1,"petal_width":1,"constructor":1}}',
        422,
        'unknown-feature',
      ],
      [
        'lacks a named feature',
        '{"data":{"sepal_length":1,"sepal_width":1,"petal_length":1}}',
        422,
        'missing-feature',
      ],
    ])('that %s', async (_what, body, status, code) => {
      expect(await refusal(post(path, body))).toEqual([status, code]);
    });

    test.each([
      '',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=a',
      'application/json; charset=utf-16',
      'application/json; charset=utf-8; a=b',
      'application/jsonp',
      '*/*',
    ])('of the type "%s" is 415', async (type) => {
      expect(await refusal(post(path, '{"data":[1,1,1,1]}', type))).toEqual([415, 'unsupported-media-type']);
    });

    test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
      'of the type "%s" is read',
      async (type) => {
        expect((await exchange(serving.port, post(path, '{"data":[1,1,1,1]}', type)))?.status).toBe(200);
      },
    );

    test('that is compressed is 415, and nothing is decompressed', async () => {
      const fields = ['Content-Type: application/json', 'Content-Encoding: gzip', 'Content-Length: 2'];
      expect(await refusal(`${head('POST', path, fields)}{}`)).toEqual([415, 'unsupported-media-type']);
    });

    test.each(['GET', 'DELETE', 'TRACE', 'PUT', 'OPTIONS', 'PATCH'])('is not taken by %s', async (method) => {
      const answer = await exchange(serving.port, head(method, path));
      expect([answer?.status, answer?.headers.allow]).toEqual([405, 'POST']);
    });

    test('is not taken by HEAD, whose answer has no body', async () => {
      const answer = await fetch(serving.url + path, { method: 'HEAD' });
      expect([answer.status, await answer.text()]).toEqual([405, '']);
    });
  },
);

test('tiny numbers and −0 are fine', async () => {
  const answer = await exchange(serving.port, post(CHAMPION_PATH, '{"data":[1e-999,-0,5e-324,1]}'));
  expect(answer?.status).toBe(200);
});

test.each<[target: string, status: number, code: string]>([
  ['/nothing', 404, 'not-found'],
  ['/serve_decision_tree/', 404, 'not-found'],
  ['/SERVE_decision_tree', 404, 'not-found'],
  ['//serve_decision_tree', 404, 'not-found'],
  ['/%zz', 400, 'invalid-path'],
  ['/models/serve/decisiontree/%zz', 400, 'invalid-path'],
  ['/serve_decision_tree?explain=banana', 400, 'unknown-query'],
  ['/serve_decision_tree?a=1&a=1', 400, 'unknown-query'],
  ['/train_decision_tree?wait=1&wait=1', 400, 'invalid-query'],
  ['/train_decision_tree?wait=31', 400, 'invalid-query'],
  ['/train_decision_tree?wait=-1', 400, 'invalid-query'],
  ['/train_decision_tree?wait=', 400, 'invalid-query'],
  ['/train_decision_tree?wait=1e1', 400, 'invalid-query'],
  ['/train_decision_tree?wait=%zz', 400, 'invalid-query'],
  ['/train_decision_tree?Wait=1', 400, 'unknown-query'],
])('POST %s is %i %s', async (target, status, code) => {
  expect(await refusal(post(target, '{"data":[1,1,1,1]}'))).toEqual([status, code]);
});

test.each(['..', '%2e%2e%2fx', '__proto__', 'constructor', 'a:b', 'a%00b', 'a'.repeat(65), 'DecisionTree'])(
  'the model %s is unknown on every route, and nothing is looked up for it',
  async (model) => {
    const callsBefore = JSON.stringify(registry.calls);
    expect(await refusal(post(`/models/serve/${model}/3`, '{}'))).toEqual([404, 'unknown-model']);
    expect(await refusal(head('GET', `/models/${model}/versions`))).toEqual([404, 'unknown-model']);
    expect(await refusal(head('GET', `/models/${model}/versions/3`))).toEqual([404, 'unknown-model']);
    expect(JSON.stringify(registry.calls)).toBe(callsBefore);
  },
);

test.each([
  '4',
  '0',
  '-1',
  '1.5',
  '01',
  '1e3',
  '9007199254740993',
  '100000000000000000000',
  '999999999999999',
  '3%20',
  '+3',
])('the version %s is unknown and rounds to no other', async (version) => {
  expect(await refusal(post(`/models/serve/decisiontree/${version}`, '{"data":[1,1,1,1]}'))).toEqual([
    404,
    'unknown-version',
  ]);
  expect(await refusal(head('GET', `/models/decisiontree/versions/${version}`))).toEqual([
    404,
    'unknown-version',
  ]);
});

test('a version retired by retention is gone', async () => {
  expect(await refusal(post('/models/serve/decisiontree/1', '{"data":[1,1,1,1]}'))).toEqual([
    410,
    'retired-version',
  ]);
  expect(await refusal(head('GET', '/models/decisiontree/versions/1'))).toEqual([410, 'retired-version']);
});

test.each(['challenger', 'constructor', 'a_b'])('the alias %s is unknown', async (alias) => {
  expect(await refusal(post(`/models/serve/decisiontree/${alias}`, '{"data":[1,1,1,1]}'))).toEqual([
    404,
    'unknown-alias',
  ]);
});

test.each<[what: string, bytes: string, status: number, code: string]>([
  ['two Host fields', head('GET', '/', ['Host: b']), 400, 'bad-request'],
  ['no Host field', 'GET / HTTP/1.1\r\n\r\n', 400, 'bad-request'],
  [
    'a length and a coding',
    `${head('POST', '/', ['Content-Length: 5', 'Transfer-Encoding: chunked'])}0\r\n\r\n`,
    400,
    'bad-request',
  ],
  ['two lengths', `${head('POST', '/', ['Content-Length: 2', 'Content-Length: 2'])}{}`, 400, 'bad-request'],
  [
    'gzip, chunked',
    `${head('POST', '/', ['Transfer-Encoding: gzip, chunked'])}0\r\n\r\n`,
    400,
    'bad-request',
  ],
  [
    'chunked twice',
    `${head('POST', '/', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'])}0\r\n\r\n`,
    400,
    'bad-request',
  ],
  [
    'two content types',
    `${head('POST', CHAMPION_PATH, ['Content-Type: application/json', 'Content-Type: text/plain'])}`,
    400,
    'bad-request',
  ],
  [
    'an expectation that nobody knows',
    head('POST', CHAMPION_PATH, ['Expect: a miracle']),
    400,
    'bad-request',
  ],
  ['a header of 20 KB', head('GET', '/', [`A: ${'a'.repeat(20_000)}`]), 431, 'header-fields'],
  ['2,500 fields', head('GET', '/', Array(2_500).fill('a:b')), 431, 'header-fields'],
  ['101 fields', head('GET', '/', Array(100).fill('a:b')), 431, 'header-fields'],
  ['a URL of 20 KB', head('GET', `/${'a'.repeat(20_000)}`), 431, 'header-fields'],
  ['what is no HTTP', 'hello\r\n\r\n', 400, 'bad-request'],
  ['CONNECT', head('CONNECT', 'a:80'), 400, 'bad-request'],
])('%3$s for %1$s, and the connection closes', async (_what, bytes, status, code) => {
  const client = new RawClient(serving.port);
  await client.write(bytes);
  const answer = await client.answer();
  expect([answer?.status, JSON.parse(answer?.body ?? '{}').code]).toEqual([status, code]);
  expect(answer?.headers.connection).toBe('close');
  await client.closed();
  client.destroy();
});

test('what follows a request with ambiguous framing on its connection is not run', async () => {
  const before = registry.calls.askForRefit ?? 0;
  const client = new RawClient(serving.port);
  await client.write(
    head('POST', '/', ['Transfer-Encoding: gzip, chunked']) +
      '0\r\n\r\n' +
      head('GET', '/train_decision_tree?wait=0'),
  );
  expect((await client.answer())?.status).toBe(400);
  await client.closed();
  client.destroy();
  expect(registry.calls.askForRefit ?? 0).toBe(before);
});

test.each([[[]], [['Expect: 100-continue']]])(
  'a length over the limit is 413 at once, before any body (%j)',
  async (fields) => {
    const client = new RawClient(serving.port);
    const typed = ['Content-Type: application/json', `Content-Length: ${BYTES_MAX + 1}`, ...fields];
    await client.write(head('POST', CHAMPION_PATH, typed));
    const answer = await client.answer();
    expect([answer?.status, answer?.headers.connection]).toEqual([413, 'close']);
    client.destroy();
  },
);

test('a body that was announced with 100-continue is asked for and read', async () => {
  const client = new RawClient(serving.port);
  const body = '{"data":[1,1,1,1]}';
  await client.write(
    head('POST', CHAMPION_PATH, [
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Expect: 100-continue',
    ]),
  );
  await client.write(body);
  expect((await client.answer())?.status).toBe(200);
  client.destroy();
});

test('a chunked body that streams past the limit is 413, the connection closes and memory stays flat', async () => {
  const client = new RawClient(serving.port);
  const chunk = Buffer.from(`10000\r\n${'a'.repeat(65_536)}\r\n`);
  const memoryBefore = process.memoryUsage().arrayBuffers;
  await client.write(
    head('POST', CHAMPION_PATH, ['Content-Type: application/json', 'Transfer-Encoding: chunked']),
  );
  for (let sent = 0; sent < 64 * BYTES_MAX; sent += 65_536) if (!(await client.write(chunk))) break;
  expect((await client.answer())?.status).toBe(413);
  await client.closed();
  client.destroy();
  expect(process.memoryUsage().arrayBuffers - memoryBefore).toBeLessThan(32 * BYTES_MAX);
});

test('a body exactly at the limit is read', async () => {
  const row = '{"data":[1,1,1,1]}';
  const answer = await exchange(serving.port, post(CHAMPION_PATH, row + ' '.repeat(BYTES_MAX - row.length)));
  expect(answer?.status).toBe(200);
});

test('three pipelined predictions get three answers in order', async () => {
  const client = new RawClient(serving.port);
  const rows = ['[1,1,1,1]', '[1,1,5,1]', '[1,1,5,2]'];
  await client.write(Buffer.concat(rows.map((row) => post(CHAMPION_PATH, `{"data":${row}}`))));
  const answers = [await client.answer(), await client.answer(), await client.answer()];
  expect(answers.map((answer) => JSON.parse(answer!.body).prediction)).toEqual([
    'setosa',
    'versicolor',
    'virginica',
  ]);
  client.destroy();
});

test('rubbish behind a good request does not get its answer mixed up', async () => {
  const client = new RawClient(serving.port);
  await client.write(
    Buffer.concat([post(CHAMPION_PATH, '{"data":[1,1,1,1]}'), Buffer.from('rubbish\r\n\r\n')]),
  );
  expect([(await client.answer())?.status, (await client.answer())?.status]).toEqual([200, 400]);
  await client.closed();
  client.destroy();
});

test('an error without a long body keeps the connection', async () => {
  const client = new RawClient(serving.port);
  await client.write(Buffer.concat([post('/nothing', '{}'), post(CHAMPION_PATH, '{"data":[1,1,1,1]}')]));
  expect([(await client.answer())?.status, (await client.answer())?.status]).toEqual([404, 200]);
  client.destroy();
});

test('a client that leaves in the middle of its body does no harm', async () => {
  const client = new RawClient(serving.port);
  await client.write(
    `${head('POST', CHAMPION_PATH, ['Content-Type: application/json', 'Content-Length: 100'])}{"data"`,
  );
  client.destroy();
});

test('ten thousand unknown names leave the set of metric labels as it was', async () => {
  const labels = async () => {
    const { body } = (await exchange(serving.port, head('GET', '/metrics')))!;
    return body.split('\n').filter((line) => !line.startsWith('#') && line.includes('route=')).length;
  };
  await exchange(serving.port, post('/models/serve/m0/1', '{}'));
  await labels();
  const before = await labels();
  for (let i = 0; i < 10_000; i += 100) {
    const client = new RawClient(serving.port);
    await client.write(
      Array.from({ length: 100 }, (_, j) => head('POST', `/models/serve/m${i + j}/1`)).join(''),
    );
    for (let j = 0; j < 100; j++) expect((await client.answer())?.status).toBe(404);
    client.destroy();
  }
  expect(await labels()).toBe(before);
});

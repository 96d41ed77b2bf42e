import { problemBody } from '../../shared/api/operation';
import { useAlder } from '../support/alder-process';
import { exchange, type RawAnswer, RawClient } from '../support/raw-http';
import { irisTree } from '../support/stored-versions';
import { BODY_CASES, GOOD_BODIES, TYPES_READ, TYPES_REFUSED } from './body-cases';
import { HEADER_CASES } from './header-cases';
import { CHAMPION_PATH, chunked, GOOD_BODY, GOOD_REQUEST, head, jsonHead, post } from './requests';
import {
  CAN_MEASURE,
  champions,
  type ServeProcess,
  settledHandles,
  startServeProcess,
  usageOf,
} from './serve-process';
import { askAndEnd } from './sockets';
import {
  ALIASES_UNKNOWN,
  MODELS_UNKNOWN,
  TARGET_CASES,
  TARGETS_REFUSED,
  VERSIONS_UNKNOWN,
} from './target-cases';

const MIB = 1_048_576;
const BODY_BYTES_MAX = MIB;
/** The longest time of a header, 10 s, the pause between two checks of it, and as much again for a busy machine. */
const STALL_MS_MAX = 20_000;
/** The growth that all requests together may leave behind: V8 keeps the heap that its busiest moment needed. */
const GROWTH_MIB_MAX = 160;

const alder = useAlder();
let serve: ServeProcess;
let port: number;
let before = { residentMiB: 0, handles: 0 };
/** Begun first and looked at last, so that the real ten seconds cost no time of their own. */
let stalled: { readonly client: RawClient; readonly startedAtMs: number };
let trickling: { readonly client: RawClient; readonly timer: NodeJS.Timeout };

// One process for all of it, never restarted: whatever came before, the next good request is answered.
beforeAll(async () => {
  serve = await startServeProcess(alder);
  port = serve.port;
}, 60_000);

afterAll(async () => {
  clearInterval(trickling?.timer);
  await serve.remove();
});

async function refusal(bytes: string | Uint8Array): Promise<[status: number, code: string]> {
  const answer = await exchange(port, bytes);
  expect(answer).not.toBeNull();
  return problemIn(answer!);
}

/** Every refusal is a problem document and tells nothing about the software behind it. */
function problemIn(answer: RawAnswer): [status: number, code: string] {
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
  expect(answer.headers['x-powered-by']).toBeUndefined();
  expect(answer.headers.server).toBeUndefined();
  const problem = problemBody.parse(JSON.parse(answer.body));
  expect(problem.status).toBe(answer.status);
  expect(problem.errors!.length).toBeLessThanOrEqual(20);
  return [answer.status, problem.code];
}

async function isServed(): Promise<void> {
  expect((await exchange(port, GOOD_REQUEST))?.status).toBe(200);
}

describe('before the first version', () => {
  test.each([CHAMPION_PATH, '/models/serve/decisiontree/1', '/models/serve/decisiontree/latest'])(
    'POST %s is 503 with Retry-After',
    async (path) => {
      const answer = await exchange(port, post(path, GOOD_BODY));
      expect(problemIn(answer!)).toEqual([503, 'model-not-loaded']);
      expect(answer!.headers['retry-after']).toBe('1');
    },
  );

  test('the service is alive at once, and ready with the first version', async () => {
    expect((await exchange(port, head('GET', '/livez')))?.status).toBe(200);
    expect(await refusal(head('GET', '/readyz'))).toEqual([503, 'model-not-loaded']);
    await serve.publisher.publish(irisTree(1));
    await serve.publisher.publish(irisTree(2));
    await serve.publisher.publish(irisTree(2.45), { keepVersions: 1 });
    await champions(port);
    // Caches and compiled code are made once and are no growth.
    for (let i = 0; i < 200; i++) await isServed();
    if (CAN_MEASURE) before = usageOf(serve.alder.pid);
    stalled = { client: new RawClient(port), startedAtMs: performance.now() };
    await stalled.client.write('GET /livez HTTP/1.1\r\nHost: a\r\n');
    const client = new RawClient(port);
    await client.write('GET /livez HTTP/1.1\r\nHost: a\r\nA: ');
    trickling = { client, timer: setInterval(() => void client.write('a'), 500) };
  });
});

describe.each([CHAMPION_PATH, '/models/serve/decisiontree/3', '/models/serve/decisiontree/champion'])(
  'POST %s',
  (path) => {
    afterEach(isServed);

    test.each(BODY_CASES)('a body that %s is refused', async (_what, body, status, code) => {
      expect(await refusal(post(path, body))).toEqual([status, code]);
    });

    test.each(GOOD_BODIES)('a body with %s is answered', async (_what, body) => {
      expect((await exchange(port, post(path, body)))?.status).toBe(200);
    });

    test('a body with one bad row in a thousand is refused whole, with a pointer to it', async () => {
      const rows = Array.from({ length: 1_000 }, (_, i) => (i === 417 ? '[1,1,"x",1]' : '[1,1,1,1]'));
      const answer = await exchange(port, post(path, `{"data":[${rows.join(',')}]}`));
      expect(problemIn(answer!)).toEqual([422, 'feature-type']);
      expect(JSON.parse(answer!.body).errors).toEqual([{ pointer: '/data/417/2', code: 'feature-type' }]);
    });

    test('the answer to a thousand bad rows names twenty of them, and no value', async () => {
      const rows = Array(1_000).fill('["a-secret",1,1,1]').join(',');
      const answer = await exchange(port, post(path, `{"data":[${rows}]}`));
      expect(JSON.parse(answer!.body).errors).toHaveLength(20);
      expect(answer!.body).not.toContain('a-secret');
    });

    test.each(TYPES_REFUSED)('a body of the type "%s" is 415', async (type) => {
      expect(await refusal(post(path, GOOD_BODY, type))).toEqual([415, 'unsupported-media-type']);
    });

    test.each(TYPES_READ)('a body of the type "%s" is read', async (type) => {
      expect((await exchange(port, post(path, GOOD_BODY, type)))?.status).toBe(200);
    });

    test.each(['gzip', 'br', 'deflate', 'identity, gzip', 'x-gzip'])(
      'a body compressed with %s is 415 and is not decompressed',
      async (coding) => {
        const bytes = jsonHead([`Content-Encoding: ${coding}`, 'Content-Length: 2'], path);
        expect(await refusal(`${bytes}{}`)).toEqual([415, 'unsupported-media-type']);
      },
    );

    test.each(['GET', 'DELETE', 'TRACE', 'PUT', 'OPTIONS', 'PATCH', 'QUERY', 'PROPFIND'])(
      'the method %s is 405 on a prediction route',
      async (method) => {
        const answer = await exchange(port, head(method, path));
        expect([answer?.status, answer?.headers.allow]).toEqual([405, 'POST']);
      },
    );

    test('HEAD is 405 on a prediction route, without a body', async () => {
      const answer = await fetch(serve.url + path, { method: 'HEAD' });
      expect([answer.status, await answer.text()]).toEqual([405, '']);
    });

    test('a header that names another method changes no method', async () => {
      expect(await refusal(head('GET', path, ['X-HTTP-Method-Override: POST']))).toEqual([
        405,
        'method-not-allowed',
      ]);
    });
  },
);

describe('a target', () => {
  afterEach(isServed);

  test.each(TARGET_CASES)('the target %s is %i %s', async (target, status, code) => {
    expect(await refusal(post(target, GOOD_BODY))).toEqual([status, code]);
  });

  test.each(TARGETS_REFUSED)('the target %s is no path', async (target) => {
    expect(await refusal(head('GET', target))).toEqual([400, 'bad-request']);
  });

  test('a target that is a whole address means its path', async () => {
    const bytes = post(`http://elsewhere:80${CHAMPION_PATH}`, GOOD_BODY);
    expect((await exchange(port, bytes))?.status).toBe(200);
  });

  test.each(VERSIONS_UNKNOWN)('the version %s is unknown and rounds to no other', async (version) => {
    const asked = [post(`/models/serve/decisiontree/${version}`, GOOD_BODY)];
    asked.push(Buffer.from(head('GET', `/models/decisiontree/versions/${version}`)));
    for (const bytes of asked) expect(await refusal(bytes)).toEqual([404, 'unknown-version']);
  });

  test.each(MODELS_UNKNOWN)('the model %s is unknown', async (model) => {
    const asked = [
      post(`/models/serve/${model}/3`, GOOD_BODY),
      head('GET', `/models/${model}/versions`),
      head('GET', `/models/${model}/versions/3`),
    ];
    for (const bytes of asked) expect(await refusal(bytes)).toEqual([404, 'unknown-model']);
  });

  test.each(ALIASES_UNKNOWN)('the alias %s is unknown', async (alias) => {
    const bytes = post(`/models/serve/decisiontree/${alias}`, GOOD_BODY);
    expect(await refusal(bytes)).toEqual([404, 'unknown-alias']);
  });

  test('a retired version is 410', async () => {
    const asked = [
      post('/models/serve/decisiontree/1', GOOD_BODY),
      head('GET', '/models/decisiontree/versions/1'),
    ];
    for (const bytes of asked) expect(await refusal(bytes)).toEqual([410, 'retired-version']);
  });
});

describe('a header', () => {
  afterEach(isServed);

  test.each(HEADER_CASES)('a request with %s costs its connection', async (_what, bytes, status, code) => {
    const client = new RawClient(port);
    await client.write(bytes);
    const answer = await client.answer();
    expect(answer).not.toBeNull();
    expect(problemIn(answer!)).toEqual([status, code]);
    expect(answer!.headers.connection).toBe('close');
    await client.closed();
    client.destroy();
  });

  test.each([
    ['a coding that is not chunked', `${jsonHead(['Transfer-Encoding: gzip, chunked'])}0\r\n\r\n`],
    ['two lengths', `${jsonHead(['Content-Length: 0', 'Content-Length: 45'])}`],
    ['a length and a coding', `${jsonHead(['Content-Length: 5', 'Transfer-Encoding: chunked'])}0\r\n\r\n`],
    ['a host that is none', 'GET /livez HTTP/1.1\r\nHost: a b\r\n\r\n'],
  ])('a request with %s hides no second request behind it', async (_what, bytes) => {
    const { requested } = await serve.registry.loadState();
    const client = new RawClient(port);
    await client.write(bytes + head('GET', '/train_decision_tree?wait=0'));
    expect((await client.answer())?.status).toBe(400);
    expect(await client.answer()).toBeNull();
    client.destroy();
    expect((await serve.registry.loadState()).requested).toBe(requested);
  });

  test('fields called __proto__ and constructor are read like any other', async () => {
    expect((await exchange(port, head('GET', '/livez', ['__proto__: a', 'constructor: b'])))?.status).toBe(
      200,
    );
  });

  test('a header behind empty lines is read, and so is one of HTTP/1.0', async () => {
    expect((await exchange(port, `\r\n\r\n${head('GET', '/livez')}`))?.status).toBe(200);
    expect((await exchange(port, 'GET /livez HTTP/1.0\r\n\r\n'))?.status).toBe(200);
  });

  test('a request to upgrade to another protocol is answered in this one', async () => {
    const bytes = head('GET', '/livez', ['Connection: Upgrade', 'Upgrade: h2c']);
    expect((await exchange(port, bytes))?.status).toBe(200);
  });
});

describe('the length of a body', () => {
  afterEach(isServed);

  test.each([BODY_BYTES_MAX + 1, '18446744073709551615'])(
    'a content-length of %s is 413 before any body, also in place of 100 Continue',
    async (length) => {
      for (const expectation of [[], ['Expect: 100-continue']]) {
        const client = new RawClient(port);
        await client.write(jsonHead([`Content-Length: ${length}`, ...expectation]));
        const answer = await client.answer();
        expect(problemIn(answer!)).toEqual([413, 'body-too-large']);
        expect(answer!.headers.connection).toBe('close');
        client.destroy();
      }
    },
  );

  test('a body of exactly the largest length is read', async () => {
    const body = GOOD_BODY + ' '.repeat(BODY_BYTES_MAX - GOOD_BODY.length);
    expect((await exchange(port, post(CHAMPION_PATH, body)))?.status).toBe(200);
  });

  test('a stream that exceeds the largest length is 413, closes the connection and takes no memory', async () => {
    const client = new RawClient(port);
    const chunk = Buffer.from(`10000\r\n${'a'.repeat(65_536)}\r\n`);
    const residentMiB = CAN_MEASURE ? usageOf(serve.alder.pid).residentMiB : 0;
    await client.write(jsonHead(['Transfer-Encoding: chunked']));
    for (let sent = 0; sent < 64 * MIB; sent += 65_536) if (!(await client.write(chunk))) break;
    expect((await client.answer())?.status).toBe(413);
    await client.closed();
    client.destroy();
    if (CAN_MEASURE) expect(usageOf(serve.alder.pid).residentMiB - residentMiB).toBeLessThan(32);
  });

  test('a body in chunks of one byte is the same body', async () => {
    const bytes = jsonHead(['Transfer-Encoding: chunked']) + chunked(...GOOD_BODY);
    expect((await exchange(port, bytes))?.status).toBe(200);
  });

  test('a body announced with 100-continue is asked for and read', async () => {
    const client = new RawClient(port);
    await client.write(jsonHead([`Content-Length: ${GOOD_BODY.length}`, 'Expect: 100-continue']));
    await client.write(GOOD_BODY);
    expect((await client.answer())?.status).toBe(200);
    client.destroy();
  });

  test('a body announced to a route that does not read it is answered in place of 100 Continue', async () => {
    const bytes = head('POST', CHAMPION_PATH, ['Content-Length: 5', 'Expect: 100-continue']);
    expect(await refusal(bytes)).toEqual([415, 'unsupported-media-type']);
  });
});

describe('a connection', () => {
  afterEach(isServed);

  test('three pipelined predictions get three answers in order', async () => {
    const client = new RawClient(port);
    const rows = ['[1,1,1,1]', '[1,1,5,1]', '[1,1,5,2]'];
    await client.write(Buffer.concat(rows.map((row) => post(CHAMPION_PATH, `{"data":${row}}`))));
    const predictions: string[] = [];
    for (const _ of rows) predictions.push(JSON.parse((await client.answer())!.body).prediction);
    expect(predictions).toEqual(['setosa', 'versicolor', 'virginica']);
    client.destroy();
  });

  test('a good request followed by rubbish gets its answer, then 400', async () => {
    const client = new RawClient(port);
    await client.write(Buffer.concat([GOOD_REQUEST, Buffer.from('rubbish\r\n\r\n')]));
    expect([(await client.answer())?.status, (await client.answer())?.status]).toEqual([200, 400]);
    await client.closed();
    client.destroy();
  });

  test('a client that ends its side after the request gets the answer', async () => {
    expect(await askAndEnd(port, GOOD_REQUEST)).toBe('HTTP/1.1 200 OK');
  });

  test('a connection stays open after an error without a long body', async () => {
    const client = new RawClient(port);
    await client.write(Buffer.concat([post('/nothing', '{}'), GOOD_REQUEST]));
    expect([(await client.answer())?.status, (await client.answer())?.status]).toEqual([404, 200]);
    client.destroy();
  });

  test('a client that sends its request byte by byte is served', async () => {
    const client = new RawClient(port);
    for (const byte of GOOD_REQUEST) await client.write(Uint8Array.of(byte));
    expect((await client.answer())?.status).toBe(200);
    client.destroy();
  });

  test('clients that vanish within a body or within two hundred answers do no harm', async () => {
    const rows = `{"data":[${Array(1_000).fill('[1,1,1,1]').join(',')}]}`;
    for (let i = 0; i < 200; i++) {
      const client = new RawClient(port);
      const isHalf = i % 2 === 0;
      await client.write(isHalf ? `${jsonHead(['Content-Length: 100'])}{"data"` : post(CHAMPION_PATH, rows));
      client.destroy();
    }
  });
});

test('ten thousand unknown names add no metric label', async () => {
  const series = async () => {
    const { body } = (await exchange(port, head('GET', '/metrics')))!;
    return body.split('\n').filter((line) => !line.startsWith('#') && line.trim() !== '').length;
  };
  await exchange(port, post('/models/serve/m0/1', '{}'));
  await series();
  const seriesBefore = await series();
  for (let i = 0; i < 10_000; i += 500) {
    const client = new RawClient(port);
    const names = Array.from({ length: 500 }, (_, j) => `m${i + j}`);
    await client.write(names.map((name) => head('POST', `/models/serve/${name}/1`)).join(''));
    for (const _ of names) expect((await client.answer())?.status).toBe(404);
    client.destroy();
  }
  // The clients that left a moment ago may still add a status of their own; ten thousand names would add thousands.
  expect((await series()) - seriesBefore).toBeLessThan(10);
});

describe('after all requests', () => {
  test(
    'a header that stalls or trickles is 408 after ten seconds, not before',
    async () => {
      expect(problemIn((await stalled.client.answer())!)).toEqual([408, 'request-timeout']);
      expect(problemIn((await trickling.client.answer())!)).toEqual([408, 'request-timeout']);
      expect(performance.now() - stalled.startedAtMs).toBeGreaterThan(9_900);
      for (const { client } of [stalled, trickling]) {
        await client.closed();
        client.destroy();
      }
      clearInterval(trickling.timer);
      await isServed();
    },
    STALL_MS_MAX,
  );

  test('the log has no line about clients that left, and no internal error', () => {
    const lines = [...serve.alder.stdout, ...serve.alder.stderr].map((line) => JSON.parse(line).code);
    // A champion that was followed by others and retired before it was fetched is no fault.
    const expected = ['started', 'champion-served', 'retired-version'];
    expect(lines.filter((code) => !expected.includes(code))).toEqual([]);
  });

  (CAN_MEASURE ? test : test.skip)('memory and file handles are where they were', async () => {
    expect(await settledHandles(serve.alder.pid, before.handles)).toBeLessThanOrEqual(before.handles);
    expect(usageOf(serve.alder.pid).residentMiB - before.residentMiB).toBeLessThan(GROWTH_MIB_MAX);
  });

  test('serving ends with status 0', async () => {
    expect((await serve.alder.end('SIGTERM')).status).toBe(0);
  });
});

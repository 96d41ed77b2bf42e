import { connect } from 'node:net';
import { useAlder } from '../support/alder-process';
import { exchange, RawClient } from '../support/raw-http';
import { irisTree } from '../support/stored-versions';
import { CHAMPION_PATH, GOOD_BODY, GOOD_REQUEST, head, jsonHead, post } from './requests';
import {
  CAN_MEASURE,
  champions,
  type ServeProcess,
  settledHandles,
  startServeProcess,
  usageOf,
} from './serve-process';

/** V8 keeps the heap that its busiest moment needed. */
const GROWTH_MIB_MAX = 160;

const alder = useAlder();
let serve: ServeProcess;
let port: number;
let before = { residentMiB: 0, handles: 0 };

beforeAll(async () => {
  serve = await startServeProcess(alder);
  port = serve.port;
  await serve.publisher.publish(irisTree());
  await champions(port);
  for (let i = 0; i < 200; i++) await exchange(port, GOOD_REQUEST);
  if (CAN_MEASURE) before = usageOf(serve.alder.pid);
}, 60_000);

afterAll(() => serve.remove());

afterEach(async () => {
  expect((await exchange(port, GOOD_REQUEST))?.status).toBe(200);
});

/** The statuses of as many answers as a connection gives before it closes, at most `count`. */
async function statusesOf(bytes: string | Uint8Array, count: number): Promise<number[]> {
  const client = new RawClient(port);
  await client.write(bytes);
  const statuses: number[] = [];
  while (statuses.length < count) {
    const answer = await client.answer();
    if (answer === null) break;
    statuses.push(answer.status);
  }
  client.destroy();
  return statuses;
}

test('a request hidden in the body of a GET is a body, and the one behind it is answered', async () => {
  const { requested } = await serve.registry.loadState();
  const hidden = head('GET', '/train_decision_tree?wait=0');
  const bytes = `${head('GET', '/livez', [`Content-Length: ${hidden.length}`])}${hidden}${head('GET', '/nothing')}`;
  expect(await statusesOf(bytes, 2)).toEqual([200, 404]);
  expect((await serve.registry.loadState()).requested).toBe(requested);
});

test('no request is answered behind one that closes its connection', async () => {
  for (const field of ['close', 'keep-alive, close', 'CLOSE']) {
    const bytes = head('GET', '/livez', [`Connection: ${field}`]) + head('GET', '/livez');
    expect(await statusesOf(bytes, 2)).toEqual([200]);
  }
});

test('an upgrade to a WebSocket is a request like any other', async () => {
  const fields = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: a',
    'Sec-WebSocket-Version: 13',
  ];
  expect(await statusesOf(head('GET', '/livez', fields), 1)).toEqual([200]);
});

test('trailer fields change nothing', async () => {
  const trailers = 'Content-Type: text/plain\r\nHost: b\r\nContent-Encoding: gzip\r\n';
  const body = `${GOOD_BODY.length.toString(16)}\r\n${GOOD_BODY}\r\n0\r\n${trailers}\r\n`;
  expect(await statusesOf(jsonHead(['Transfer-Encoding: chunked']) + body, 1)).toEqual([200]);
});

test('conditions and ranges that the service does not offer are ignored', async () => {
  const fields = [
    'Range: bytes=0-0,5-,-1',
    'If-None-Match: *',
    'If-Match: "a"',
    'If-Modified-Since: Sun, 22 Nov 2099 00:00:00 GMT',
    'TE: trailers, deflate;q=0.5',
    'Max-Forwards: -1',
  ];
  for (const path of ['/', '/livez', '/metrics', '/models/decisiontree/versions'])
    expect((await exchange(port, head('GET', path, fields)))?.status).toBe(200);
});

test.each(['text/html;q=NaN', '*/*;q=-1', ';;;,,,', `${'text/html,'.repeat(1_000)}*/*`, 'a/b;c="\\'])(
  'the root answers a request with an unreadable Accept field: %#',
  async (accept) => {
    expect((await exchange(port, head('GET', '/', [`Accept: ${accept}`])))?.status).toBe(200);
  },
);

test.each([
  `/${'a/'.repeat(7_000)}`,
  `/${'%2e%2e/'.repeat(2_000)}`,
  `/models/serve/${'-'.repeat(14_000)}/3`,
  '/models/serve/decisiontree/1;a=b',
  '/models/serve/decisiontree/1%2f..',
  '/models/serve/decisiontree/1%0d%0aSet-Cookie:a=b',
])('a path made to be slow or to mean another one is quickly not found: %#', async (path) => {
  const answer = await exchange(port, post(path, GOOD_BODY));
  expect(answer?.status).toBe(404);
  expect(answer?.headers['set-cookie']).toBeUndefined();
});

test('a small body in chunks with long extensions takes time on the wire and no memory', async () => {
  const client = new RawClient(port);
  await client.write(jsonHead(['Transfer-Encoding: chunked']));
  const extension = 'a'.repeat(8_000);
  for (let i = 0; i < 2_000; i++) if (!(await client.write(`1;${extension}\r\n \r\n`))) break;
  await client.write(`${GOOD_BODY.length.toString(16)}\r\n${GOOD_BODY}\r\n0\r\n\r\n`);
  expect([200, 400, 413]).toContain((await client.answer())?.status);
  client.destroy();
});

test('ten bodies of 200,000 bytes in chunks of one byte take only their bytes, while others are served', async () => {
  const clients = Array.from({ length: 10 }, () => new RawClient(port));
  const begin = jsonHead(['Transfer-Encoding: chunked']);
  await Promise.all(clients.map((client) => client.write(begin)));
  const spaces = '1\r\n \r\n'.repeat(10_000);
  for (let i = 0; i < 20; i++) {
    await Promise.all(clients.map((client) => client.write(spaces)));
    if (i % 10 === 0) expect((await exchange(port, GOOD_REQUEST))?.status).toBe(200);
  }
  if (CAN_MEASURE)
    expect(usageOf(serve.alder.pid).residentMiB - before.residentMiB).toBeLessThan(GROWTH_MIB_MAX);
  for (const client of clients) {
    await client.write(`${GOOD_BODY.length.toString(16)}\r\n${GOOD_BODY}\r\n0\r\n\r\n`);
    expect((await client.answer())?.status).toBe(200);
    client.destroy();
  }
});

test('a client that ends its body too early gets no answer', async () => {
  for (let i = 0; i < 200; i++) {
    await new Promise<void>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.on('error', () => undefined).on('close', () => resolve());
      socket.end(`${jsonHead(['Content-Length: 100'])}{"data"`);
      socket.resume();
    });
  }
});

test('connections that are reset at every stage do no harm', async () => {
  const stages = [
    '',
    'POST ',
    jsonHead(['Content-Length: 100']),
    GOOD_REQUEST,
    head('GET', '/metrics').repeat(50),
  ];
  for (let i = 0; i < 500; i++) {
    await new Promise<void>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.on('error', () => undefined).on('close', () => resolve());
      socket.on('connect', () => socket.write(stages[i % stages.length]!, () => socket.resetAndDestroy()));
    });
  }
});

test('hundreds of clients that ask for a training and leave occupy no waiter', async () => {
  const clients = Array.from({ length: 600 }, () => new RawClient(port));
  await Promise.all(clients.map((client) => client.write(head('GET', '/train_decision_tree?wait=30'))));
  expect((await exchange(port, GOOD_REQUEST))?.status).toBe(200);
  for (const client of clients) client.destroy();
  // No trainer runs here, so the client that stays gets no-trainer, however many came before it.
  expect((await exchange(port, head('GET', '/train_decision_tree?wait=0')))?.status).toBe(503);
});

test('thousands of unknown paths and queries add no metric label', async () => {
  const series = async () => {
    const { body } = (await exchange(port, head('GET', '/metrics')))!;
    return body.split('\n').filter((line) => !line.startsWith('#') && line.trim() !== '').length;
  };
  const seriesBefore = await series();
  for (let i = 0; i < 4_000; i += 400) {
    const bytes = Array.from(
      { length: 400 },
      (_, j) => head('GET', `/p${i + j}`) + head('GET', `/?q${i + j}=1`),
    );
    expect(new Set(await statusesOf(bytes.join(''), 800))).toEqual(new Set([404, 400]));
  }
  expect((await series()) - seriesBefore).toBeLessThan(10);
});

test('a body without length is empty, in each framing', async () => {
  const asked = [
    jsonHead([]),
    jsonHead(['Content-Length: 0']),
    `${jsonHead(['Transfer-Encoding: chunked'])}0\r\n\r\n`,
  ];
  for (const bytes of asked) expect(await statusesOf(bytes, 1)).toEqual([400]);
  const old = `POST ${CHAMPION_PATH} HTTP/1.0\r\nExpect: 100-continue\r\nContent-Type: application/json\r\n\r\n`;
  expect(await statusesOf(old, 1)).toEqual([400]);
});

describe('after all odd clients', () => {
  test('no odd client caused an internal error', () => {
    const codes = [...serve.alder.stdout, ...serve.alder.stderr].map((line) => JSON.parse(line).code);
    expect(codes.filter((code) => !['started', 'champion-served'].includes(code))).toEqual([]);
  });

  (CAN_MEASURE ? test : test.skip)('memory and file handles are where they were', async () => {
    expect(await settledHandles(serve.alder.pid, before.handles)).toBeLessThanOrEqual(before.handles);
    expect(usageOf(serve.alder.pid).residentMiB - before.residentMiB).toBeLessThan(GROWTH_MIB_MAX);
  });
});

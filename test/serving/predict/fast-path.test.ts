import type { Serving } from '../../../services/serving/server/serving';
import { GOOD_BODY, GOOD_REQUEST, jsonHead, post } from '../../hostile/requests';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { RawClient } from '../../support/raw-http';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing, until } from '../../support/test-serving';

/** How many requests came to Express. */
let routed = 0;

jest.mock('../../../services/serving/server/app', () => {
  const actual = jest.requireActual('../../../services/serving/server/app');
  return {
    servingApp: (context: unknown) => {
      const app = actual.servingApp(context);
      return (request: unknown, response: unknown) => {
        routed++;
        app(request, response);
      };
    },
  };
});

let serving: Serving;

beforeAll(async () => {
  // Loaded with the first request otherwise, which on a busy machine takes longer than answers call their view fresh.
  await import('../../../services/serving/server/app');
  const registry = new MemoryModelRegistry();
  const publisher = await Publisher.open(registry);
  await publisher.publish(irisTree());
  await publisher.publish(irisTree(2.5));
  serving = await startTestServing(registry);
  await until(() => serving.models.champion?.version === 2);
});

afterAll(() => serving.stop());

/** All that comes back for a request that closes its connection, but for the date. */
async function bytesFor(request: string | Uint8Array): Promise<string> {
  const client = new RawClient(serving.port);
  await client.write(request);
  const bytes = await client.rest();
  client.destroy();
  return bytes.replace(/^Date: .*\r\n/m, '');
}

async function isRouted(request: string | Uint8Array): Promise<boolean> {
  const before = routed;
  const client = new RawClient(serving.port);
  await client.write(request);
  await client.answer();
  client.destroy();
  return routed > before;
}

/** The `?` of an empty query says nothing and is enough to be judged by Express. */
function longPath(path: string): string {
  return `${path}?`;
}

const BODIES = {
  'one row': GOOD_BODY,
  'a list': '{"data":[[1,1,1,1],[1,1,5,2]]}',
  'a named row': '{"data":{"petal_width":2,"petal_length":5,"sepal_width":1,"sepal_length":1}}',
  'too few numbers': '{"data":[1,1,1]}',
  'no JSON': '{"data":[1,1,1,',
  'invalid UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
  'an empty list': '{"data":[]}',
  'not an object': '7',
} as const;
const PATHS = [
  '/serve_decision_tree',
  '/models/serve/decisiontree/1',
  '/models/serve/decisiontree/champion',
  '/models/serve/decisiontree/latest',
  '/models/serve/decisiontree/nobody',
  '/models/serve/decisiontree/999',
];

describe.each(PATHS)('POST %s', (path) => {
  test.each(Object.entries(BODIES))('the fast path and Express give equal bytes for %s', async (_, body) => {
    const long = await bytesFor(closing(post(longPath(path), body)));
    expect(await bytesFor(closing(post(path, body)))).toBe(long);
    // The connection is kept here, so the second answer may use the head of the first.
    const kept = await answersOf([post(path, body), post(path, body), post(longPath(path), body)]);
    expect(kept[1]).toEqual(kept[0]);
    expect(kept[2]).toEqual(kept[0]);
  });

  test('a plain request does not come to Express', async () => {
    expect(await isRouted(post(path, GOOD_BODY))).toBe(false);
    expect(await isRouted(post(longPath(path), GOOD_BODY))).toBe(true);
  });
});

function closing(request: Uint8Array): Buffer {
  return Buffer.from(
    Buffer.from(request).toString('latin1').replace('Host: a', 'Host: a\r\nConnection: close'),
    'latin1',
  );
}

/** The answers to requests that follow one another on one connection, without their dates. */
async function answersOf(requests: readonly Uint8Array[]): Promise<unknown[]> {
  const client = new RawClient(serving.port);
  const answers: unknown[] = [];
  for (const request of requests) {
    await client.write(request);
    const answer = await client.answer();
    const { date, ...headers } = answer!.headers;
    expect(date).toMatch(/ GMT$/);
    answers.push({ ...answer, headers });
  }
  client.destroy();
  return answers;
}

test.each([
  ['another media type', post('/serve_decision_tree', GOOD_BODY, 'text/plain')],
  ['no body', jsonHead(['Content-Length: 0'])],
  ['chunks', `${jsonHead(['Transfer-Encoding: chunked'])}0\r\n\r\n`],
  ['a coding', `${jsonHead(['Content-Encoding: gzip', 'Content-Length: 1'])}x`],
  ['another model', post('/models/serve/other/1', GOOD_BODY)],
  ['a version that cannot be one', post('/models/serve/decisiontree/007', GOOD_BODY)],
  ['an escape in its path', post('/serve%5Fdecision_tree', GOOD_BODY)],
])('a request with %s goes to Express', async (_, request) => {
  expect(await isRouted(request)).toBe(true);
});

test('a body in many small pieces is answered as one body', async () => {
  const client = new RawClient(serving.port);
  const { length } = GOOD_BODY;
  await client.write(jsonHead([`Content-Length: ${length}`]));
  for (const character of GOOD_BODY) await client.write(character);
  expect((await client.answer())?.status).toBe(200);
  client.destroy();
});

test('pipelined requests are answered one after another, in their order', async () => {
  const client = new RawClient(serving.port);
  const paths = [
    '/serve_decision_tree',
    '/models/serve/decisiontree/1',
    '/livez',
    '/models/serve/decisiontree/2',
  ];
  await client.write(
    Buffer.concat(paths.map((path) => (path === '/livez' ? get(path) : post(path, GOOD_BODY)))),
  );
  const versions: (string | undefined)[] = [];
  for (const _ of paths) versions.push((await client.answer())?.headers['alder-version']);
  expect(versions).toEqual(['2', '1', undefined, '2']);
  client.destroy();
});

function get(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
}

test('a client that goes away within its body is not counted and leaves no memory taken', async () => {
  const counted = async () => /serve_decision_tree",status="200"} (\d+)/.exec(await metrics())?.[1];
  const before = await counted();
  const client = new RawClient(serving.port);
  await client.write(GOOD_REQUEST.subarray(0, GOOD_REQUEST.length - 3));
  client.destroy();
  await client.closed();
  expect(await counted()).toBe(before);
});

async function metrics(): Promise<string> {
  return (await fetch(`${serving.url}/metrics`)).text();
}

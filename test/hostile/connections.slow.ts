import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { jsonAnswer } from '../../shared/http/answer';
import { BodyBudget } from '../../shared/http/body-memory';
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../../shared/http/http-server';
import { readBody } from '../../shared/http/read-body';
import { sendAnswer } from '../../shared/http/send-answer';
import { exchange, RawClient } from '../support/raw-http';
import { until } from '../support/test-serving';
import { GOOD_REQUEST, head, jsonHead } from './requests';
import { deafClient } from './sockets';

const GET = head('GET', '/');
const MIB = 1_048_576;
/** More than the buffers of two sockets of this machine together, so that the answer cannot leave unread. */
const LONG_ANSWER = 'a'.repeat(32 * MIB);

let server: HttpServer;

afterEach(() => server.stop());

async function start(changes: Partial<HttpServerOptions>): Promise<void> {
  server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    portVariable: 'PORT',
    connectionsMax: 100,
    handle: answerShortly,
    // So long that no timeout frees a place.
    timeouts: { headersMs: 600_000, requestMs: 600_000, checkMs: 1_000 },
    ...changes,
  });
}

function answerShortly(request: IncomingMessage, response: ServerResponse): void {
  sendAnswer(request, response, jsonAnswer(200, {}));
}

test('clients that do not read their answers are replaced by one that does', async () => {
  let longAnswers = 0;
  await start({
    connectionsMax: 3,
    handle: (request, response) => {
      const isLong = request.url === '/long';
      sendAnswer(request, response, { status: 200, headers: {}, body: isLong ? LONG_ANSWER : '' });
      if (isLong) longAnswers++;
    },
  });
  const deaf = await Promise.all([1, 2, 3].map(() => deafClient(server.port, head('GET', '/long'))));
  await until(() => longAnswers === deaf.length);
  for (let i = 0; i < 3; i++) expect((await exchange(server.port, GET))?.status).toBe(200);
  for (const socket of deaf) socket.destroy();
});

test('clients that send the start of a body behind a good request are replaced', async () => {
  await start({
    connectionsMax: 3,
    handle: (request, response) => request.resume().on('end', () => response.end()),
  });
  const slow = [new RawClient(server.port), new RawClient(server.port), new RawClient(server.port)];
  for (const client of slow) {
    await client.write(`${GET}${jsonHead(['Content-Length: 10'])}{`);
    expect((await client.answer())?.status).toBe(200);
  }
  for (let i = 0; i < 3; i++) expect((await exchange(server.port, GET))?.status).toBe(200);
  for (const client of slow) client.destroy();
});

test('a client that waits for the server keeps its connection', async () => {
  const answers: (() => void)[] = [];
  await start({
    connectionsMax: 2,
    handle: (request, response) => {
      if (request.url === '/') answerShortly(request, response);
      else answers.push(() => answerShortly(request, response));
    },
  });
  const waiting = new RawClient(server.port);
  await waiting.write(head('GET', '/wait'));
  await until(() => answers.length === 1);
  for (let i = 0; i < 5; i++) expect((await exchange(server.port, GET))?.status).toBe(200);
  answers[0]!();
  expect((await waiting.answer())?.status).toBe(200);
  waiting.destroy();
});

test('two thousand pipelined requests of a client that does not read are handled only in small part', async () => {
  let handled = 0;
  await start({
    handle: (request, response) => {
      handled++;
      sendAnswer(request, response, { status: 200, headers: {}, body: 'a'.repeat(MIB) });
    },
  });
  const deaf = await deafClient(server.port, GET.repeat(2_000));
  await until(() => handled > 0);
  let before = 0;
  while (before !== handled) {
    before = handled;
    for (let i = 0; i < 50; i++) expect((await exchange(server.port, GET))?.status).toBe(200);
    handled -= 50;
  }
  expect(handled).toBeLessThan(100);
  deaf.destroy();
});

test('pipelined requests are handled one after another, in order', async () => {
  const seen: string[] = [];
  let underWay = 0;
  let underWayMost = 0;
  await start({
    handle: (request, response) => {
      underWayMost = Math.max(underWayMost, ++underWay);
      seen.push(request.url!);
      setImmediate(() => {
        underWay--;
        answerShortly(request, response);
      });
    },
  });
  const client = new RawClient(server.port);
  const paths = Array.from({ length: 300 }, (_, i) => `/${i}`);
  await client.write(paths.map((path) => head('GET', path)).join(''));
  for (const _ of paths) expect((await client.answer())?.status).toBe(200);
  expect(seen).toEqual(paths);
  expect(underWayMost).toBe(1);
  client.destroy();
});

test('waiting requests of a closed connection are not handled', async () => {
  const seen: string[] = [];
  let isGone = false;
  await start({
    handle: (request, response) => {
      seen.push(request.url!);
      response.once('close', () => {
        isGone = true;
      });
    },
  });
  const client = new RawClient(server.port);
  await client.write(head('GET', '/1') + head('GET', '/2'));
  await until(() => seen.length === 1);
  client.destroy();
  await until(() => isGone);
  // The next request is handled in the next round of the event loop, and an exchange takes several rounds.
  await exchange(server.port, 'rubbish\r\n\r\n');
  expect(seen).toEqual(['/1']);
});

test('bodies that never end share a budget: past it the oldest is refused, and new requests are served', async () => {
  const budget = new BodyBudget(MIB, 4 * MIB);
  await start({
    handle: (request, response) => {
      readBody(request, response, MIB, budget).then((body) => {
        if (body.kind === 'gone') return;
        sendAnswer(request, response, jsonAnswer(body.kind === 'read' ? 200 : 503, {}));
      });
    },
  });
  const slow: RawClient[] = [];
  for (let i = 0; i < 5; i++) {
    const client = new RawClient(server.port);
    slow.push(client);
    await client.write(`${jsonHead([`Content-Length: ${MIB}`])}${' '.repeat(MIB - 1)}`);
  }
  expect((await slow[0]!.answer())?.status).toBe(503);
  expect((await exchange(server.port, GOOD_REQUEST))?.status).toBe(200);
  await slow[4]!.write(' ');
  expect((await slow[4]!.answer())?.status).toBe(200);
  for (const client of slow) client.destroy();
});

test('a stop answers a request that is on its way on a recently used connection, with connection: close', async () => {
  await start({});
  const client = new RawClient(server.port);
  await client.write(GET);
  expect((await client.answer())?.headers.connection).toBe('keep-alive');
  const stopped = server.stop();
  await client.write(GET);
  const answer = await client.answer();
  expect([answer?.status, answer?.headers.connection]).toEqual([200, 'close']);
  await client.closed();
  client.destroy();
  await stopped;
});

test('a stopped server takes no new connection', async () => {
  await start({});
  const stopped = server.stop();
  const refused = await new Promise((resolve) => {
    connect({ port: server.port, host: '127.0.0.1' }).on('error', resolve);
  });
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  await stopped;
});

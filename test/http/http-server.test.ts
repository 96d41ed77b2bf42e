import { AlderError } from '../../shared/errors';
import { jsonAnswer } from '../../shared/http/answer';
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../../shared/http/http-server';
import { listenError } from '../../shared/http/listen';
import { sendAnswer } from '../../shared/http/send-answer';
import { exchange, RawClient } from '../support/raw-http';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

function start(changes: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  return startHttpServer({
    host: '127.0.0.1',
    port: 0,
    portVariable: 'PORT',
    connectionsMax: 100,
    handle: (request, response) => sendAnswer(request, response, jsonAnswer(200, {})),
    ...changes,
  });
}

test.each([
  ['a header', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ['a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{'],
])('%s that stalls is 408 and closes', async (_what, bytes) => {
  const statuses: number[] = [];
  const server = await start({
    timeouts: { headersMs: 40, requestMs: 60, checkMs: 10 },
    // Answers once the body is whole, which it never is.
    handle: (request, response) => request.resume().on('end', () => response.end()),
    refused: (status) => statuses.push(status),
  });
  const client = new RawClient(server.port);
  await client.write(bytes);
  const answer = await client.answer();
  expect([answer?.status, JSON.parse(answer!.body).code]).toEqual([408, 'request-timeout']);
  await client.closed();
  expect(statuses).toEqual([408]);
  client.destroy();
  await server.stop();
});

test('at the bound of connections, a new one replaces the client that has owed a request longest', async () => {
  const server = await start({
    connectionsMax: 3,
    // So long that no timeout frees a place.
    timeouts: { headersMs: 600_000, requestMs: 600_000, checkMs: 1_000 },
  });
  const slow: RawClient[] = [];
  for (let i = 0; i < 3; i++) {
    const client = new RawClient(server.port);
    await client.write('GET / HTTP/1.1\r\nHo');
    slow.push(client);
  }
  expect((await exchange(server.port, GET))?.status).toBe(200);
  await slow[0]!.closed();
  expect(slow.map((client) => client.isClosed)).toEqual([true, false, false]);
  for (const client of slow) client.destroy();
  await server.stop();
});

test('when every connection waits for the server, a new one is closed', async () => {
  const waiting: (() => void)[] = [];
  const server = await start({
    connectionsMax: 2,
    handle: (request, response) => waiting.push(() => sendAnswer(request, response, jsonAnswer(200, {}))),
  });
  const clients = [new RawClient(server.port), new RawClient(server.port)];
  for (const client of clients) await client.write(GET);
  while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(await exchange(server.port, GET)).toBeNull();
  for (const answer of waiting) answer();
  for (const client of clients) {
    expect((await client.answer())?.status).toBe(200);
    client.destroy();
  }
  await server.stop();
});

test('a stop closes idle connections at once and answers the open request', async () => {
  const answers: (() => void)[] = [];
  const server = await start({
    handle: (request, response) => answers.push(() => sendAnswer(request, response, jsonAnswer(200, {}))),
  });
  const idle = new RawClient(server.port);
  const busy = new RawClient(server.port);
  await idle.write('GET');
  await busy.write(GET);
  while (answers.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const stopped = server.stop();
  await idle.closed();
  expect(busy.isClosed).toBe(false);
  answers[0]!();
  const answer = await busy.answer();
  expect([answer?.status, answer?.headers.connection]).toEqual([200, 'close']);
  await stopped;
  expect(await exchange(server.port, GET)).toBeNull();
  for (const client of [idle, busy]) client.destroy();
});

test('the error for a taken port names it and another one to try', async () => {
  const server = await start();
  const error = await start({ port: server.port }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(AlderError);
  expect(error.code).toBe('port-taken');
  await server.stop();

  const taken = Object.assign(new Error(), { code: 'EADDRINUSE' });
  const message = (port: number, variable: string, platform: NodeJS.Platform) =>
    listenError(taken, '127.0.0.1', port, variable, platform).message;
  expect(message(5_000, 'PORT', 'linux')).toBe('port 5000 is taken; try PORT=5050 npm start');
  expect(message(5_050, 'PORT', 'linux')).toBe('port 5050 is taken; try PORT=5100 npm start');
  expect(message(65_500, 'PORT', 'linux')).toBe('port 65500 is taken; try PORT=65450 npm start');
  expect(message(5_001, 'ALDER_TRAINER_PORT', 'darwin')).toBe(
    'port 5001 is taken; try ALDER_TRAINER_PORT=5051 npm start',
  );
  expect(message(5_000, 'PORT', 'darwin')).toMatch(
    /^port 5000 is taken; try PORT=5050 npm start\. .*AirPlay receiver/,
  );
});

test('a host of another machine is a wrong setting', async () => {
  await expect(start({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'setting-invalid' });
});

test('a request to upgrade the protocol is answered like any other', async () => {
  const server = await start();
  const bytes = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  expect((await exchange(server.port, bytes))?.status).toBe(200);
  await server.stop();
});

test('a client that asked for 100 Continue and got an answer instead loses its connection', async () => {
  const server = await start();
  const bytes = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';
  expect((await exchange(server.port, bytes))?.headers.connection).toBe('close');
  await server.stop();
});

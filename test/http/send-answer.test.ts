import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { sendAnswer, sendWithCachedHead } from '../../shared/http/send-answer';
import { exchange } from '../support/raw-http';

test('Node keeps the head of a response in _header: null before writeHead, its text after', () => {
  const response = new ServerResponse(new IncomingMessage(new Socket())) as ServerResponse & {
    readonly _header?: unknown;
  };
  expect(response._header).toBeNull();
  response.writeHead(200, ['content-length', '5']);
  expect(response._header).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-length: 5\r\n/);
});

test('an answer with a cached head equals the one that sendAnswer writes, whatever the length of its body', async () => {
  const headers = { 'content-type': 'application/json', 'alder-version': '1' };
  const bodies = ['{}', '{"class":"ä"}', '{"a":"longer than ten"}'];
  let send = 0;
  const server = createServer((request, response) => {
    const answer = { status: 200, headers, body: bodies[send % bodies.length]! };
    if (send < bodies.length) sendAnswer(request, response, answer);
    else sendWithCachedHead(response, answer);
    send++;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const answers: unknown[] = [];
  for (let i = 0; i < 3 * bodies.length; i++) {
    const answer = await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    answers.push({ ...answer, headers: { ...answer?.headers, date: '' } });
  }
  server.close();
  const plain = answers.slice(0, bodies.length);
  expect(answers).toEqual([...plain, ...plain, ...plain]);
});

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import {
  type SocketTimeouts,
  socketsWithTimeouts,
} from '../../../shared/row-log/kafka/sockets-with-timeouts';

const LONG_MS = 3_600_000;
const ENDLESS: SocketTimeouts = { connectMsMax: LONG_MS, answerMsMax: LONG_MS, restMs: LONG_MS };

/** A broker that accepts connections and answers by `answer`; without one it stays silent. */
let answer: ((request: Buffer) => string) | null = null;
let afterAnswer: () => void = () => undefined;
let server: Server;
let port = 0;
let accepted = 0;
const sockets: Socket[] = [];

beforeAll(async () => {
  server = createServer((socket) => {
    accepted += 1;
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (request) => {
      if (answer === null) return;
      socket.write(answer(request));
      afterAnswer();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  answer = null;
  afterAnswer = () => undefined;
  for (const socket of sockets.splice(0)) socket.destroy();
});

afterAll(() => {
  server.close();
});

function opener(timeouts: Partial<SocketTimeouts>): () => Socket {
  const factory = socketsWithTimeouts({ ...ENDLESS, ...timeouts });
  return () => {
    const socket = factory({ host: '127.0.0.1', port, ssl: undefined as never, onConnect: () => undefined });
    sockets.push(socket);
    return socket;
  };
}

/** The errors and ends of the socket until it closed. */
async function eventsUntilClose(socket: Socket): Promise<string[]> {
  const events: string[] = [];
  socket.on('error', (error) => events.push(error.message));
  socket.on('end', () => events.push('end'));
  await new Promise((resolve) => socket.on('close', resolve));
  return events;
}

test('a request without an answer ends the connection with an error, and with an end for a login', async () => {
  const socket = opener({ answerMsMax: 20 })();
  await once(socket, 'connect');
  socket.write('request');
  expect(await eventsUntilClose(socket)).toEqual(['no answer within 20 ms', 'end']);
});

test('a connection without a request may stay silent, also after an answer', async () => {
  answer = String;
  const socket = opener({ answerMsMax: 20 })();
  await once(socket, 'connect');
  socket.write('request');
  await once(socket, 'data');
  // Long after the time in which a request has to be answered, by the same kind of timer.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(socket.destroyed).toBe(false);
});

test('a broker that hung is left alone for a while by the client that met it, and by no other', async () => {
  const open = opener({ answerMsMax: 20 });
  const hanging = open();
  await once(hanging, 'connect');
  hanging.write('request');
  await eventsUntilClose(hanging);
  const before = accepted;
  expect(await eventsUntilClose(open())).toEqual([`127.0.0.1:${port} hung a moment ago and is left alone`]);
  expect(accepted).toBe(before);
  const other = opener({})();
  await once(other, 'connect');
});

test('a broker that hung is tried again after its rest', async () => {
  const open = opener({ answerMsMax: 20, restMs: 0 });
  const hanging = open();
  await once(hanging, 'connect');
  hanging.write('request');
  await eventsUntilClose(hanging);
  await once(open(), 'connect');
});

test('a process that was held up finds the answer that came meanwhile', async () => {
  answer = String;
  // The answer is on its way while nothing here runs, and the timer is long due when something does.
  afterAnswer = () => {
    const untilMs = performance.now() + 500;
    while (performance.now() < untilMs);
  };
  const socket = opener({ answerMsMax: 400 })();
  await once(socket, 'connect');
  socket.write('request');
  await once(socket, 'data');
  expect(socket.destroyed).toBe(false);
});

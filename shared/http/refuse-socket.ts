import type { Duplex } from 'node:stream';
import type { RequestFault } from '../errors';
import type { Answer } from './answer';
import type { Connections } from './connections';
import { problem } from './problem';
import { LINGER_MS_MAX } from './send-answer';

/**
 * The fault behind an error of Node's HTTP parser, of its timers or of the socket; null when the client is gone and
 * cannot be answered.
 */
export function faultOfClientError(error: Error & { readonly code?: string }): RequestFault | null {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'header-fields';
  if (error.code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 'body-too-large';
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  return error.code?.startsWith('HPE_') === true ? 'bad-request' : null;
}

/**
 * Answers a connection on which no request could be read, after the answers that the connection still awaits, and
 * closes it. `refused` is called with the status when the answer goes out.
 */
export function refuseSocket(
  socket: Duplex,
  code: RequestFault,
  connections: Connections,
  refused: (status: number) => void,
): void {
  const awaited = connections.awaited(socket);
  // The fault is in the body of a request that has its answer already: a second answer would belong to no request.
  if (awaited.some((response) => response.headersSent && !response.req.complete)) {
    socket.destroy();
    return;
  }
  const last = awaited.filter((response) => response.req.complete).at(-1);
  const refuse = () => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const answer = problem(code, { headers: { connection: 'close' } });
    refused(answer.status);
    socket.on('error', () => undefined);
    socket.end(wireText(answer));
    const timer = setTimeout(() => socket.destroy(), LINGER_MS_MAX);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  };
  if (last === undefined) refuse();
  else last.once('close', refuse);
}

function wireText(answer: Answer): string {
  const { title } = JSON.parse(answer.body) as { title: string };
  const fields = {
    ...answer.headers,
    'x-content-type-options': 'nosniff',
    date: new Date().toUTCString(),
    'content-length': String(Buffer.byteLength(answer.body)),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${answer.status} ${title}\r\n${lines.join('')}\r\n${answer.body}`;
}

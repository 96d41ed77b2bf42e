import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer';

/** An unread body up to this length is read away, which keeps the connection; a longer one costs the connection. */
const DISCARDED_BYTES_MAX = 65_536;
/** How long a client that is still sending may go on before its connection closes under it. */
export const LINGER_MS_MAX = 1_000;

/**
 * Writes an answer. When the request's body has not come whole and is long or of unknown length, or the answer says
 * `connection: close`, the connection closes after it: the answer goes out at once, and what the client still sends
 * is thrown away for a moment, because closing on unread bytes would reset the connection and could lose the answer.
 */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer<string | Uint8Array>,
): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.from(answer.body);
  const closes = answer.headers.connection === 'close' || isLongUnread(request);
  if (closes) response.setHeader('connection', 'close');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cache-control', 'no-store');
  // The length of a 304 would be that of the answer which it spares.
  if (answer.status !== 304) response.setHeader('content-length', bytes.byteLength);
  response.writeHead(answer.status, answer.headers);
  if (!closes || request.complete) {
    response.end(bytes);
    return;
  }
  response.flushHeaders();
  response.write(bytes);
  endAfterDiscarding(request, response);
}

function isLongUnread(request: IncomingMessage): boolean {
  if (request.complete) return false;
  // Whoever asked whether to go on and gets this instead may send the body or not: only closing settles that.
  if (request.headers.expect !== undefined) return true;
  if (request.headers['transfer-encoding'] !== undefined) return true;
  return Number(request.headers['content-length'] ?? 0) > DISCARDED_BYTES_MAX;
}

function endAfterDiscarding(request: IncomingMessage, response: ServerResponse): void {
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS_MAX);
  timer.unref();
  request.once('end', end);
  request.once('close', end);
  request.on('error', () => undefined);
  request.resume();
}

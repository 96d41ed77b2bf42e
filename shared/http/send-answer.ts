import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer';

/** An unread body up to this length is discarded, which keeps the connection; a longer one closes the connection. */
const DISCARDED_BYTES_MAX = 65_536;
/** How long a client may go on sending after its answer before the connection closes. */
export const LINGER_MS_MAX = 1_000;

/**
 * Writes an answer. The connection closes after it when the answer says `connection: close`, or when the request's body
 * is not complete and is long or of unknown length. In the second case the answer goes out at once and the rest of the
 * body is discarded for a moment, because closing on unread bytes would reset the connection and could lose the answer.
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
  // The length of a 304 would be the length of the answer that it replaces.
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
  // A client that asked for 100 Continue and gets the answer instead may send the body or not: only closing is safe.
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

/** The head that Node wrote for an answer, cut around the digits of its content-length. */
interface CachedHead {
  readonly before: string;
  readonly after: string;
  /** The end of the second that its `Date` names, on the monotonic clock. */
  readonly untilMs: number;
}

/**
 * Node's inner place for the text of a response's head, which goes out with the first bytes of the body. Null before
 * `writeHead`. The test "Node keeps the head of a response in _header" fails when a Node moves it.
 */
interface HeadHolder {
  _header?: string | null;
}

/** By headers object, which is the same for all answers of a version. */
const cachedHeads = new WeakMap<Answer['headers'], CachedHead>();
const DATE_MS = 1_000;
const LENGTH_FIELD = 'content-length: ';

/**
 * Writes the answer to a request that is complete: the same bytes as `sendAnswer` writes, in fewer steps.
 *
 * For every answer Node checks each name and value with regular expressions and joins them anew. Two heads of one
 * version differ only in length and date, so Node's own text is used again within a second. Node has no public way to
 * hand over a finished head: the cheapest one, `writeHead` with a flat array, costs a fifth
 * more CPU a small request (31.0 against 25.9 µs, means of 8 alternating runs on a busy machine), and `npm run bench -- http` demands 0.95 of a bare
 * server. A Node without `_header` makes every head by `writeHead`.
 */
export function sendWithCachedHead(response: ServerResponse, { status, headers, body }: Answer): void {
  const byteLength = Buffer.byteLength(body);
  const holder = response as HeadHolder;
  const nowMs = performance.now();
  const isPlain = status === 200 && response.shouldKeepAlive && response.req.httpVersionMinor === 1;
  const cached = isPlain ? cachedHeads.get(headers) : undefined;
  if (cached !== undefined && nowMs < cached.untilMs && holder._header === null) {
    holder._header = cached.before + byteLength + cached.after;
  } else {
    const fields = ['x-content-type-options', 'nosniff', 'cache-control', 'no-store'];
    fields.push('content-length', String(byteLength), ...Object.entries(headers).flat());
    response.writeHead(status, fields);
    if (isPlain) cacheHead(headers, holder._header, nowMs);
  }
  // `end(body)` would write twice, the second time nothing, and both writes would leave as a list of buffers. A socket
  // that is corked here books no uncorking of its own. Text of one byte a character needs no encoding.
  response.socket?.cork();
  response.write(body, byteLength === body.length ? 'latin1' : 'utf8');
  response.socket?.uncork();
  response.end();
}

function cacheHead(headers: Answer['headers'], head: string | null | undefined, nowMs: number): void {
  const field = head?.indexOf(LENGTH_FIELD) ?? -1;
  if (typeof head !== 'string' || field < 0) return;
  const digits = field + LENGTH_FIELD.length;
  cachedHeads.set(headers, {
    before: head.slice(0, digits),
    after: head.slice(head.indexOf('\r\n', digits)),
    untilMs: nowMs + DATE_MS - (wallMs(nowMs) % DATE_MS),
  });
}

/** Milliseconds since 1970 by the clock of the process's start; after the wall clock is set, only a date is late. */
function wallMs(nowMs: number): number {
  return performance.timeOrigin + nowMs;
}

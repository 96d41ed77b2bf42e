import type { ServerResponse } from 'node:http';
import type { Answer } from './answer';

/** The head that Node wrote for an answer, around the digits of its content-length. */
interface KnownHead {
  readonly before: string;
  readonly after: string;
  /** Until when its `Date` is of this second, on the monotonic clock. */
  readonly untilMs: number;
}

/** What Node keeps of a response's head: text that goes out with the first bytes of the body. Null before writeHead. */
interface HeadHolder {
  _header?: string | null;
}

/** By the headers object, which is one for all answers of a version. */
const knownHeads = new WeakMap<Answer['headers'], KnownHead>();
const DATE_MS = 1_000;
const LENGTH_FIELD = 'content-length: ';

/**
 * Writes a good answer to a request that is here whole: the same bytes as `sendAnswer` writes.
 *
 * Node checks each name and value with regular expressions and joins them anew for every answer, which costs a
 * twentieth of a small request. The head differs between two answers of one version only in its length and date, so
 * Node's own text for one is used again within a second. A Node that keeps its head elsewhere leaves `_header`
 * undefined, and then every head is made by `writeHead`.
 */
export function sendWhole(response: ServerResponse, { status, headers, body }: Answer): void {
  const byteLength = Buffer.byteLength(body);
  const holder = response as HeadHolder;
  const nowMs = performance.now();
  const isPlain = status === 200 && response.shouldKeepAlive && response.req.httpVersionMinor === 1;
  const known = isPlain ? knownHeads.get(headers) : undefined;
  if (known !== undefined && nowMs < known.untilMs && holder._header === null) {
    holder._header = known.before + byteLength + known.after;
  } else {
    const fields = ['x-content-type-options', 'nosniff', 'cache-control', 'no-store'];
    fields.push('content-length', String(byteLength), ...Object.entries(headers).flat());
    response.writeHead(status, fields);
    if (isPlain) remember(headers, holder._header, nowMs);
  }
  // `end(body)` would write twice, the second time nothing, and both would leave as a list of buffers. Corked before,
  // the write does not book an uncorking of its own. Text of one byte a character is copied as it is.
  response.socket?.cork();
  response.write(body, byteLength === body.length ? 'latin1' : 'utf8');
  response.socket?.uncork();
  response.end();
}

function remember(headers: Answer['headers'], head: string | null | undefined, nowMs: number): void {
  const field = head?.indexOf(LENGTH_FIELD) ?? -1;
  if (typeof head !== 'string' || field < 0) return;
  const digits = field + LENGTH_FIELD.length;
  knownHeads.set(headers, {
    before: head.slice(0, digits),
    after: head.slice(head.indexOf('\r\n', digits)),
    untilMs: nowMs + DATE_MS - (wallMs(nowMs) % DATE_MS),
  });
}

/** Milliseconds since 1970 as this process counts them; where the wall clock was set since, only a date is late. */
function wallMs(nowMs: number): number {
  return performance.timeOrigin + nowMs;
}

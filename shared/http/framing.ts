import type { IncomingMessage } from 'node:http';

export const HEADER_FIELDS_MAX = 100;

/** Fields that say where a request goes, where its body ends and how to read it. Two of one kind can mean two requests. */
const SINGLE_FIELDS = ['host', 'content-length', 'content-type', 'content-encoding', 'transfer-encoding'];
const HOST_BIT = 1;
/** Indexed by the length of the name, which is different for each: most fields are skipped without a copy. */
const SINGLE_OF_LENGTH = new Array<{ readonly name: string; readonly bit: number } | undefined>(32);
for (const [i, name] of SINGLE_FIELDS.entries()) SINGLE_OF_LENGTH[name.length] = { name, bit: 1 << i };

/** A name, an address or nothing, and a port (RFC 9112, section 3.2). */
const AUTHORITY = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%-]*)(:[0-9]{0,5})?$/;
const ABSOLUTE = /^https?:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%-]+)(:[0-9]{0,5})?(?=[/?]|$)/i;

/**
 * The fault of a header that Node's parser let pass, or null. The parser keeps the first of two `Host` fields and takes
 * any list of codings that ends in `chunked`. A proxy in front may read both differently, and by such a difference one
 * request is smuggled inside another. The parser also takes versions before 1.0, which have no header.
 */
export function framingFault(request: IncomingMessage): 'bad-request' | 'header-fields' | null {
  const { rawHeaders } = request;
  if (rawHeaders.length / 2 > HEADER_FIELDS_MAX) return 'header-fields';
  const isVersion11 = request.httpVersion === '1.1';
  if (!isVersion11 && request.httpVersion !== '1.0') return 'bad-request';
  let seen = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    const single = SINGLE_OF_LENGTH[name.length];
    if (single === undefined || name.toLowerCase() !== single.name) continue;
    if ((seen & single.bit) !== 0) return 'bad-request';
    seen |= single.bit;
  }
  if (isVersion11 && (seen & HOST_BIT) === 0) return 'bad-request';
  if (!isAuthority(request.headers.host ?? '')) return 'bad-request';
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && (!isVersion11 || coding.toLowerCase() !== 'chunked')) return 'bad-request';
  return null;
}

/** Most requests name the same host as the request before them. */
let lastValidHost = '';

function isAuthority(host: string): boolean {
  if (host === lastValidHost) return true;
  if (!AUTHORITY.test(host)) return false;
  lastValidHost = host;
  return true;
}

/**
 * The path and query of a request's target (RFC 9112, section 3.2), or null for a target without one. Clients send a
 * whole address to a proxy; its authority is cut off here, because a router that parses addresses itself has answers of
 * its own for addresses that it cannot read. No target may contain a `#`.
 */
export function pathOfTarget(target: string): string | null {
  if (target.includes('#')) return null;
  if (target.startsWith('/') || target === '*') return target;
  const authority = ABSOLUTE.exec(target)?.[0];
  if (authority === undefined) return null;
  const path = target.slice(authority.length);
  return path.startsWith('/') ? path : `/${path}`;
}

import type { IncomingMessage } from 'node:http';
import { AlderError } from '../../../shared/errors';

/** Headers by which a proxy says for whom it asks (RFC 7239, RFC 9110 7.6.3, and the usual names before them). */
const PROXY_HEADERS = ['forwarded', 'via', 'x-real-ip'];
const PROXY_PREFIX = 'x-forwarded-';

/** True when a reverse proxy on this machine passes on the request of somebody elsewhere. */
export function isProxied({ headers }: IncomingMessage): boolean {
  return Object.keys(headers).some((name) => PROXY_HEADERS.includes(name) || name.startsWith(PROXY_PREFIX));
}

/**
 * Refuses a request that a browser sends for a page of another origin: an image of such a page could train. Browsers
 * say so by `Sec-Fetch-Site` (W3C Fetch Metadata), older browsers by `Origin`; other clients send neither. Throws
 * `cross-site`.
 */
export function refuseForeignPages({ headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site'];
  const isForeign =
    site === undefined
      ? isForeignOrigin(headers.origin, headers.host)
      : !['same-origin', 'none'].includes(site as string);
  if (isForeign) throw new AlderError('cross-site', 'a page of another origin sent the request');
}

/** The origin `null` of a sandboxed page or a file is foreign too. */
function isForeignOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

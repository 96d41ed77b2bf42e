import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { AlderError } from '../../../shared/errors';
import { isProxied, refuseForeignPages } from '../route/callers';

const BEARER = /^bearer +([\x21-\x7e]+)$/i;

/**
 * Decides who may change what is live. With a token, every caller that sends it. Without one, callers on this machine,
 * and only while the service listens on a loopback address. Such a caller must name a loopback address as its host:
 * that keeps out pages from elsewhere, which reach this machine under a host name of their own. A proxy on this machine
 * is refused, since it speaks for callers from elsewhere.
 */
export class AdminGate {
  private readonly tokenDigest: Buffer | null;
  /** False when no caller can be admitted; then no admin route exists. */
  readonly isOpen: boolean;

  constructor(token: string | null, host: string) {
    this.tokenDigest = token === null ? null : digestOf(token);
    this.isOpen = token !== null || isLoopback(host);
  }

  /** Throws `unauthorized`, `forbidden-host`, `forbidden-proxy`, `cross-site`. */
  refuseStrangers(request: IncomingMessage): void {
    const { headers, headersDistinct } = request;
    refuseForeignPages(request);
    if (this.tokenDigest === null) {
      if (isProxied(request)) throw new AlderError('forbidden-proxy', 'the request came through a proxy');
      if (!isLoopback(hostName(headers.host ?? '')))
        throw new AlderError('forbidden-host', 'the host is not a loopback address');
      return;
    }
    const [given, ...more] = headersDistinct.authorization ?? [];
    const token = BEARER.exec(given ?? '')?.[1];
    // Digests of all texts have one length, so the comparison takes the same time for every token.
    if (more.length > 0 || token === undefined || !timingSafeEqual(digestOf(token), this.tokenDigest))
      throw new AlderError('unauthorized', 'the admin token is missing or wrong');
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** `[::1]:5000` → `::1`, `localhost:5000` → `localhost`. */
function hostName(host: string): string {
  return /^\[([^\]]+)\](:[0-9]+)?$/.exec(host)?.[1] ?? host.replace(/:[0-9]+$/, '');
}

/** True for 127.0.0.0/8, ::1 and localhost. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

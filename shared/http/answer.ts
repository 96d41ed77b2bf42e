import type { IncomingMessage } from 'node:http';
import type { Registry } from 'prom-client';

/** The answer to one request, as plain values that any carrier can write. */
export interface Answer<Body extends string | Uint8Array = string> {
  readonly status: number;
  /** Lower-case names; the carrier adds `content-length`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

export const JSON_TYPE = 'application/json';
const YEAR_SECONDS = 31_536_000;

export function jsonAnswer(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

/** For an address that holds the digest of its bytes: it can never come to mean other bytes. */
export const CACHE_FOREVER = `public, max-age=${YEAR_SECONDS}, immutable`;
/** For an address that holds a version number: numbers begin again with another registry, so a cache has to ask. */
export const CACHE_REVALIDATED = 'no-cache';

/**
 * Answers with bytes and their strong ETag. `digest` is the digest of exactly these bytes; a client that already has
 * them gets 304.
 */
export function taggedAnswer(
  request: IncomingMessage,
  contentType: string,
  body: string | Uint8Array,
  digest: string,
  cacheControl: typeof CACHE_FOREVER | typeof CACHE_REVALIDATED,
): Answer<string | Uint8Array> {
  const etag = `"${digest}"`;
  const headers = { etag, 'cache-control': cacheControl };
  if (matchesTag(request.headers['if-none-match'], etag)) return { status: 304, headers, body: '' };
  return { status: 200, headers: { 'content-type': contentType, ...headers }, body };
}

/** True when the `If-None-Match` field names the tag: weak comparison, as RFC 9110 requires for GET. */
export function matchesTag(field: string | undefined, etag: string): boolean {
  if (field === undefined) return false;
  return field.trim() === '*' || field.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** Alive means that the event loop still answers. Any further check would restart a process for a neighbour's fault. */
export function liveness(): Answer {
  return jsonAnswer(200, { live: true });
}

/** The samples that Prometheus scrapes. */
export async function metricsAnswer(metrics: Registry): Promise<Answer> {
  return { status: 200, headers: { 'content-type': metrics.contentType }, body: await metrics.metrics() };
}

import type { IncomingMessage } from 'node:http';
import type { Answer } from '../../../shared/http/answer';

const YEAR_SECONDS = 31_536_000;

/**
 * The answer with what belongs to one version and never changes. `digest` names these very bytes, so it is a strong
 * ETag; who has them already gets 304.
 */
export function immutableAnswer(
  request: IncomingMessage,
  contentType: string,
  body: string | Uint8Array,
  digest: string,
): Answer<string | Uint8Array> {
  const etag = `"${digest}"`;
  const headers = { etag, 'cache-control': `public, max-age=${YEAR_SECONDS}, immutable` };
  if (isKnown(request.headers['if-none-match'], etag)) return { status: 304, headers, body: '' };
  return { status: 200, headers: { 'content-type': contentType, ...headers }, body };
}

/** Weak comparison, as RFC 9110 wants it for GET. */
export function isKnown(tags: string | undefined, etag: string): boolean {
  if (tags === undefined) return false;
  return tags.trim() === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

import type { Request } from 'express';
import { AlderError } from '../../../shared/errors';
import { type Answer, CACHE_FOREVER, matchesTag, taggedAnswer } from '../../../shared/http/answer';
import type { Route } from '../route/route';
import type { PageFile, PageFiles, TaggedBytes } from './page-files';

/** The content security policy of the dashboard: no other origin, nothing inline, and no frame around it. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** GET /page/{file}: a script or a style, whose name changes with its bytes. Throws `not-found`. */
export function showPageFile({ pageFiles }: { readonly pageFiles: PageFiles }): Route {
  return async (request) => {
    const file = pageFiles.assets.get(String(request.params.file));
    if (file === undefined) throw new AlderError('not-found', 'the page has no such file');
    const { bytes, digest, coding } = await encoded(request, file);
    const { status, headers, body } = taggedAnswer(request, file.contentType, bytes, digest, CACHE_FOREVER);
    const vary = { vary: 'accept-encoding' };
    return { status, headers: { ...headers, ...vary, ...(status === 304 ? {} : coding) }, body };
  };
}

/** The dashboard's document, or null where no page was built. A browser revalidates it on every visit. */
export async function pageDocument(
  pageFiles: PageFiles,
  request: Request,
): Promise<Answer<string | Uint8Array> | null> {
  const { document } = pageFiles;
  if (document === null) return null;
  const { bytes, digest, coding } = await encoded(request, document);
  const etag = `"${digest}"`;
  const headers = {
    etag,
    'cache-control': 'no-cache',
    vary: 'accept, accept-encoding',
    'content-security-policy': PAGE_POLICY,
  };
  if (matchesTag(request.headers['if-none-match'], etag)) return { status: 304, headers, body: '' };
  return {
    status: 200,
    headers: { ...headers, ...coding, 'content-type': document.contentType },
    body: bytes,
  };
}

/** The file in an encoding that the client takes, with the header for it. The digest is of exactly these bytes. */
async function encoded(
  request: Request,
  file: PageFile,
): Promise<TaggedBytes & { readonly coding: Record<string, string> }> {
  if (request.acceptsEncodings(['gzip', 'identity']) !== 'gzip') return { ...file.plain, coding: {} };
  return { ...(await file.zipped()), coding: { 'content-encoding': 'gzip' } };
}

import type { Request } from 'express';
import { AlderError } from '../../../shared/errors';
import { type Answer, immutableAnswer, matchesTag } from '../../../shared/http/answer';
import type { Route, ServingContext } from '../server/serving-context';
import { type PageFile, PageFiles, type TaggedBytes } from './page-files';

/** Nothing from elsewhere, nothing inline, and no page around this one. */
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

/** Read with the first request for a page, since predictions need none of it. */
const read = new WeakMap<ServingContext, PageFiles>();

function pageFiles(context: ServingContext): PageFiles {
  const files = read.get(context) ?? new PageFiles(context.pageFolder);
  read.set(context, files);
  return files;
}

/** GET /page/{file}: a script or a style, which never changes under its name. Throws `not-found`. */
export function showPageFile(context: ServingContext): Route {
  return async (request) => {
    const file = pageFiles(context).assets.get(String(request.params.file));
    if (file === undefined) throw new AlderError('not-found', 'the page has no such file');
    const { bytes, digest, coding } = await encoded(request, file);
    const { status, headers, body } = immutableAnswer(request, file.contentType, bytes, digest);
    const vary = { vary: 'accept-encoding' };
    return { status, headers: { ...headers, ...vary, ...(status === 304 ? {} : coding) }, body };
  };
}

/** The dashboard's document, or null where no page was built. A browser asks each time whether it still has this one. */
export async function pageDocument(
  context: ServingContext,
  request: Request,
): Promise<Answer<string | Uint8Array> | null> {
  const { document } = pageFiles(context);
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

/** The file as the client takes it, and the header that says so. The tag is of these very bytes. */
async function encoded(
  request: Request,
  file: PageFile,
): Promise<TaggedBytes & { readonly coding: Record<string, string> }> {
  if (request.acceptsEncodings(['gzip', 'identity']) !== 'gzip') return { ...file.plain, coding: {} };
  return { ...(await file.zipped()), coding: { 'content-encoding': 'gzip' } };
}

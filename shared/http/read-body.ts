import type { IncomingMessage, ServerResponse } from 'node:http';
import { JSON_TYPE } from './answer';
import type { BodyBudget } from './body-budget';
import { BodyBytes } from './body-bytes';

export type BodyRead =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'refused';
      readonly code: 'body-too-large' | 'unsupported-media-type' | 'too-many-waiters';
    }
  /** The client went away before its body was whole: there is nobody to answer. */
  | { readonly kind: 'gone' };

const JSON_IN_UTF8 = /^application\/json[ \t]*(;[ \t]*charset=("utf-8"|utf-8)[ \t]*)?$/i;

/**
 * Reads the body of a JSON request, at most `bytesMax` of it.
 *
 * Our own reader, because `express.raw` drains a body that is too large before it answers, and inflates a compressed
 * one. This one answers by `Content-Length` before a byte is read, also in place of `100 Continue`, and holds no more
 * than `bytesMax` of a stream. Nothing is reserved ahead: a claimed length costs memory only once it is sent, and when
 * the bodies of all requests together exceed the budget, the oldest are refused as `too-many-waiters`. `isJson` judges
 * the content type.
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  bytesMax: number,
  budget: BodyBudget,
  isJson: (type: string | undefined) => boolean = isPlainJson,
): Promise<BodyRead> {
  const code = headerFault(request, bytesMax, isJson);
  if (code !== null) return Promise.resolve({ kind: 'refused', code });
  if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
  return collect(request, bytesMax, budget);
}

function headerFault(
  request: IncomingMessage,
  bytesMax: number,
  isJson: (type: string | undefined) => boolean,
): 'body-too-large' | 'unsupported-media-type' | null {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return 'body-too-large';
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return 'unsupported-media-type';
  return isJson(request.headers['content-type']) ? null : 'unsupported-media-type';
}

/** True for a content type that says JSON in UTF-8. */
export function isPlainJson(type: string | undefined): boolean {
  return type !== undefined && (type === JSON_TYPE || JSON_IN_UTF8.test(type));
}

function collect(request: IncomingMessage, bytesMax: number, budget: BodyBudget): Promise<BodyRead> {
  return new Promise((resolve) => {
    const body = new BodyBytes(bytesMax);
    let byteCount = 0;
    const held = budget.open(() => settle({ kind: 'refused', code: 'too-many-waiters' }));
    const settle = (read: BodyRead) => {
      held.release();
      request.off('data', onChunk).off('end', onEnd).off('close', onGone).off('error', onGone);
      // A socket that breaks after this must not throw: the body is no longer anybody's.
      request.on('error', () => undefined);
      resolve(read);
    };
    const onChunk = (chunk: Buffer) => {
      byteCount += chunk.byteLength;
      if (byteCount > bytesMax) settle({ kind: 'refused', code: 'body-too-large' });
      else held.grow(body.add(chunk));
    };
    const onEnd = () => settle({ kind: 'read', bytes: body.bytes });
    const onGone = () => settle({ kind: 'gone' });
    request.on('data', onChunk).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { JSON_TYPE } from './answer';
import { type BodyAllocation, type BodyBudget, BodyBytes } from './body-memory';
import type { BodySink } from './server-request';

export type BodyRead =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'refused';
      readonly code: 'body-too-large' | 'unsupported-media-type' | 'too-many-waiters';
    }
  /** The client went away before its body was complete, so nobody is left to answer. */
  | { readonly kind: 'gone' };

const JSON_IN_UTF8 = /^application\/json[ \t]*(;[ \t]*charset=("utf-8"|utf-8)[ \t]*)?$/i;

/**
 * Reads the body of a JSON request through its stream, at most `bytesMax` of it.
 *
 * `express.raw` is not used: it drains a body that is too large before it answers, and it inflates a compressed one.
 * This reader judges `Content-Length` before it reads a byte, also in place of `100 Continue`, and holds no more than
 * `bytesMax`. It reserves nothing ahead, so a claimed length costs memory only once its bytes arrive. When the bodies
 * of all requests together exceed the budget, the oldest are refused as `too-many-waiters`. `isJson` judges the
 * content type.
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
    const allocation = budget.open(() => settle({ kind: 'refused', code: 'too-many-waiters' }));
    const settle = (read: BodyRead) => {
      allocation.release();
      request.off('data', onChunk).off('end', onEnd).off('close', onGone).off('error', onGone);
      // A socket that breaks from here on must not throw: nobody reads this body any more.
      request.on('error', () => undefined);
      resolve(read);
    };
    const onChunk = (chunk: Buffer) => {
      byteCount += chunk.byteLength;
      if (byteCount > bytesMax) settle({ kind: 'refused', code: 'body-too-large' });
      else allocation.grow(body.add(chunk));
    };
    const onEnd = () => settle({ kind: 'read', bytes: body.bytes });
    const onGone = () => settle({ kind: 'gone' });
    request.on('data', onChunk).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

/** Gets a body once it is complete, or hears that the budget gave it up. */
export interface BodyReader {
  complete(bytes: Uint8Array): void;
  givenUp(): void;
}

/**
 * Collects a body of known length straight from the parser, which enforces that length. The budget counts the body only
 * while a part of it is here: a body in one piece never waits in memory, and one that has not begun takes none.
 */
export class KnownLengthBody implements BodySink {
  private readonly body: BodyBytes;
  private readonly reader: BodyReader;
  private byteCount = 0;
  private allocation: BodyAllocation | null = null;

  constructor(
    private readonly byteLength: number,
    private readonly budget: BodyBudget,
    reader: BodyReader,
  ) {
    this.body = new BodyBytes(byteLength);
    this.reader = reader;
  }

  piece(bytes: Uint8Array): void {
    const grownBytes = this.body.add(bytes);
    this.byteCount += bytes.length;
    if (this.allocation === null) {
      if (this.byteCount === this.byteLength) return;
      this.allocation = this.budget.open(() => {
        this.release();
        this.reader.givenUp();
      });
    }
    this.allocation.grow(grownBytes);
  }

  end(): void {
    this.release();
    this.reader.complete(this.body.bytes);
  }

  /** Returns the memory to the budget; to be called when the client goes away. */
  release(): void {
    this.allocation?.release();
    this.allocation = null;
  }
}

import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { AlderError, type RequestFault, type RowFault } from '../../../shared/errors';
import type { Answer } from '../../../shared/http/answer';
import type { BodyBudget } from '../../../shared/http/body-memory';
import { type FieldError, problem } from '../../../shared/http/problem';
import { readBody } from '../../../shared/http/read-body';
import { parseStrictJson } from '../../../shared/json/scanner';
import type { Expected } from '../../../shared/model-registry/alias-changes';

/**
 * The query of a request's URL: each parameter at most once, and only parameters that the route takes. Throws
 * `unknown-query` or `invalid-query`, because a parameter that is silently ignored is a misspelling that nobody finds.
 */
export function readQuery<Schema extends z.ZodObject>(url: string, schema: Schema): z.output<Schema> {
  const given: Record<string, string> = {};
  const start = url.indexOf('?');
  // The slice keeps the `?`, because URLSearchParams drops the first one that it meets: `??wait=1` asks for `?wait`.
  for (const [name, value] of start < 0 ? [] : new URLSearchParams(url.slice(start))) {
    if (!Object.hasOwn(schema.shape, name))
      throw new AlderError('unknown-query', 'the query has an unknown parameter');
    if (Object.hasOwn(given, name)) throw new AlderError('invalid-query', `the query has ${name} twice`);
    given[name] = value;
  }
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new AlderError('invalid-query', `the query's ${read.error.issues[0]?.path.join('.')} is not allowed`);
}

/** Bound of a document that says a change of what is live. */
const DOCUMENT_BYTES_MAX = 16_384;

export interface DocumentNeeds {
  readonly requestBytesMax: number;
  readonly bodies: BodyBudget;
}

export type DocumentRead<Value> =
  | { readonly value: Value }
  /** Null: the client went away. */
  | { readonly refused: Answer | null };

/**
 * Reads a small JSON document and checks it against a schema. The content type must say JSON even on routes that take
 * nothing else, because a page in a browser may send other types to any address without asking.
 */
export async function readDocument<Schema extends z.ZodObject>(
  { requestBytesMax, bodies }: DocumentNeeds,
  request: Request,
  response: Response,
  schema: Schema,
): Promise<DocumentRead<z.output<Schema>>> {
  const body = await readBody(request, response, Math.min(DOCUMENT_BYTES_MAX, requestBytesMax), bodies);
  if (body.kind === 'gone') return { refused: null };
  if (body.kind === 'refused') return { refused: problem(body.code) };
  const read = parseStrictJson(body.bytes);
  if (!read.ok) return { refused: problem(read.fault) };
  const checked = schema.safeParse(read.value);
  if (checked.success) return { value: checked.data };
  const faults = checked.error.issues.map(fieldErrorOf);
  return { refused: problem(faults[0]!.code, { faults }) };
}

/** A schema's issue as a field error. The name of an unknown key is not sent back, because the client made it up. */
export function fieldErrorOf({
  code,
  path,
}: z.core.$ZodIssue): FieldError & { readonly code: RequestFault | RowFault } {
  const pointer = path.map((part) => `/${String(part)}`).join('');
  return { pointer, code: code === 'unrecognized_keys' ? 'unknown-key' : 'field-invalid' };
}

const TAG = /^"([1-9][0-9]{0,14})"$/;

/**
 * The revision that a change may replace, from `If-Match: "<revision>"`, from `If-Match: *` (any revision), or from
 * `If-None-Match: *` (the alias must not exist). Null for a request with neither field. A weak tag matches nothing, as
 * RFC 9110 says. Throws `invalid-header`.
 */
export function expectedRevision({ headersDistinct }: IncomingMessage): Expected | null {
  const match = single(headersDistinct['if-match']);
  const noneMatch = single(headersDistinct['if-none-match']);
  if (match !== null && noneMatch !== null) throw unreadablePrecondition();
  if (noneMatch !== null) {
    if (noneMatch !== '*') throw unreadablePrecondition();
    return 0;
  }
  if (match === null) return null;
  if (match === '*') return 'any';
  const revision = TAG.exec(match)?.[1];
  if (revision !== undefined) return Number(revision);
  if (/^(W\/)?"[^"]*"$/.test(match)) return NO_REVISION;
  throw unreadablePrecondition();
}

/** Stands for a well-formed tag that belongs to no revision. */
const NO_REVISION = -1;

function single(values: readonly string[] | undefined): string | null {
  if (values === undefined) return null;
  if (values.length !== 1) throw unreadablePrecondition();
  return values[0]!.trim();
}

function unreadablePrecondition(): AlderError {
  return new AlderError('invalid-header', 'If-Match or If-None-Match cannot be read');
}

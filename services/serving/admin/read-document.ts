import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Answer } from '../../../shared/http/answer';
import { problem } from '../../../shared/http/problem';
import { readBody } from '../../../shared/http/read-body';
import { parseStrictJson } from '../../../shared/json/strict-json';
import { fieldErrorOf } from '../server/body-fault';
import type { ServingContext } from '../server/serving-context';

/** What a change of what is live says takes no more than this. */
const DOCUMENT_BYTES_MAX = 16_384;

export type DocumentRead<Value> =
  | { readonly value: Value }
  /** Null: the client went away. */
  | { readonly refused: Answer | null };

/**
 * Reads a small JSON document that a schema checks. The content type must say JSON also where nothing else is sent: a
 * page in a browser can send other types anywhere without asking.
 */
export async function readDocument<Schema extends z.ZodObject>(
  context: ServingContext,
  request: Request,
  response: Response,
  schema: Schema,
): Promise<DocumentRead<z.output<Schema>>> {
  const bytesMax = Math.min(DOCUMENT_BYTES_MAX, context.requestBytesMax);
  const body = await readBody(request, response, bytesMax, context.bodies);
  if (body.kind === 'gone') return { refused: null };
  if (body.kind === 'refused') return { refused: problem(body.code) };
  const read = parseStrictJson(body.bytes);
  if (!read.ok) return { refused: problem(read.fault) };
  const checked = schema.safeParse(read.value);
  if (checked.success) return { value: checked.data };
  const faults = checked.error.issues.map(fieldErrorOf);
  return { refused: problem(faults[0]!.code, { faults }) };
}

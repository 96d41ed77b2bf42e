import { STATUS_CODES } from 'node:http';
import type { ProblemBody } from '../api/operation';
import { AlderError, type ErrorCode, type OperatingFault, type RequestFault, type RowFault } from '../errors';
import type { Answer } from './answer';

/** An error of one field of a request's body: its place as a JSON pointer (RFC 6901) and its code, never its value. */
export interface FieldError {
  readonly pointer: string;
  readonly code: ErrorCode;
}

export interface ProblemOptions {
  readonly faults?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the body, as RFC 9457 allows. */
  readonly members?: Readonly<Record<string, unknown>>;
}

export const PROBLEM_TYPE = 'application/problem+json';
export const FAULTS_MAX = 20;
const RETRY_AFTER_SECONDS = '1';

type Meaning = readonly [status: number, detail: string];

/** The one place where codes become statuses. 400: the body cannot be parsed; 422: parsed, but not acceptable. */
const MEANINGS: Readonly<Record<RowFault | RequestFault, Meaning>> = {
  'null-value': [422, 'The value is null.'],
  'empty-value': [400, 'The value is empty.'],
  'too-large': [413, 'The value is larger than allowed.'],
  'unsupported-encoding': [415, 'Compressed values are not read.'],
  'invalid-json': [400, 'The body is not one valid JSON document.'],
  'invalid-utf8': [400, 'The body is not valid UTF-8.'],
  'duplicate-key': [400, 'A key stands twice in one object.'],
  'forbidden-key': [400, 'A key is not allowed in any object.'],
  'too-deep': [400, 'The body is nested too deeply.'],
  'too-many-fields': [400, 'An object has too many fields.'],
  'not-an-object': [422, 'The body must be an object with the key "data".'],
  'unknown-key': [422, 'The object has a key that is not known here.'],
  'missing-data': [422, 'The key "data" is missing.'],
  'data-type': [422, '"data" must be a list of numbers, an object of named features, or a list of either.'],
  'feature-count': [422, 'A row has the wrong number of features.'],
  'missing-feature': [422, 'A named row lacks a feature.'],
  'unknown-feature': [422, 'A named row has a feature that the model does not know.'],
  'feature-type': [422, 'A feature must be a number.'],
  'non-finite': [422, 'A feature must be a finite number.'],
  'missing-label': [422, 'The label is missing.'],
  'label-type': [422, 'The label must be a string.'],
  'unknown-class': [422, 'The label is not a class of the schema.'],
  'bad-request': [400, 'The request is not well-formed HTTP.'],
  'invalid-path': [400, 'The path has a broken percent-encoding.'],
  'unknown-query': [400, 'The query has a parameter that this path does not take.'],
  'invalid-query': [400, 'A query parameter stands twice or has a value that is not allowed.'],
  'header-fields': [431, 'The header is too large or has too many fields.'],
  'request-timeout': [408, 'The request did not arrive in time.'],
  'body-too-large': [413, 'The body is larger than allowed.'],
  'unsupported-media-type': [415, 'Send application/json in UTF-8, not compressed.'],
  'empty-rows': [422, 'There is no row to predict.'],
  'too-many-rows': [422, 'There are more rows than one request may hold.'],
  'not-found': [404, 'There is nothing at this path.'],
  'method-not-allowed': [405, 'This path does not take this method; see Allow.'],
  'unknown-model': [404, 'There is no such model here.'],
  'unknown-version': [404, 'There is no such version.'],
  'unknown-alias': [404, 'There is no such alias.'],
  'retired-version': [410, 'This version was retired and is no longer stored.'],
  'model-not-loaded': [503, 'There is no model yet; train one with GET /train_decision_tree.'],
  'no-rows': [409, 'The log holds no accepted row yet, so there is nothing to train on.'],
  'no-fitted-row': [409, 'All rows of the window are held out; publish more rows.'],
  'no-trainer': [503, 'No trainer is alive; start one with "alder train".'],
  'too-many-waiters': [503, 'Too many requests wait already; ask again soon.'],
  unauthorized: [401, 'This needs the admin token: Authorization: Bearer …'],
  'forbidden-host': [
    403,
    'Without an admin token this is for callers that name a loopback address as the host.',
  ],
  'forbidden-proxy': [403, 'Without an admin token this is for direct callers, not for a proxy.'],
  'cross-site': [403, 'A web page of another origin may not do this.'],
  'invalid-header': [400, 'A header stands twice or has a value that is not allowed.'],
  'precondition-required': [
    428,
    'Say in If-Match which revision is to be replaced; its ETag is with the alias.',
  ],
  'precondition-failed': [412, 'The alias has another revision by now; look again before you move it.'],
  'field-invalid': [422, 'A field is missing or has a value that is not allowed.'],
  'alias-name': [422, 'An alias is a lower-case name, not a number and not "latest".'],
  'export-too-large': [422, 'The tree is too large to be written here; take format=json, or "alder export".'],
  'tensor-inputs': [422, 'Send one tensor of all features, or one a feature by its name.'],
  'tensor-datatype': [422, 'A tensor of features is FP64 or FP32.'],
  'tensor-shape': [
    422,
    'The shape must be [rows, features], or [rows] for one feature, and hold all of the data.',
  ],
  'tensor-output': [422, 'The outputs are predict and predict_proba.'],
  'too-many-aliases': [409, 'There are as many aliases as one model may have; move one that exists.'],
  'nothing-before': [409, 'There is no champion before the live one to go back to.'],
  'outcome-unknown': [503, 'The registry did not answer; look at the alias to see whether it has moved.'],
  internal: [500, 'Something went wrong here; the log says what.'],
};

/** Operating faults that clients see. All others concern operators alone and are answered as `internal`. */
const OPERATING_MEANINGS: Partial<Readonly<Record<OperatingFault, Meaning>>> = {
  'registry-unavailable': [503, 'The model registry cannot be reached now.'],
  'registry-closed': [503, 'This process is about to end.'],
  'export-format': [422, 'This tree cannot be written in this format.'],
  'record-invalid': [500, 'The stored record of this version failed its checks.'],
  'tree-invalid': [500, 'The stored tree of this version failed its checks.'],
  'tree-too-large': [500, 'The stored tree of this version is larger than allowed.'],
  'digest-mismatch': [500, 'The stored version does not have the digest that it names.'],
};

const MEANING_OF: ReadonlyMap<string, Meaning> = new Map(
  Object.entries({ ...MEANINGS, ...OPERATING_MEANINGS }),
);

/** The status and sentence that clients get for a code; `internal` for a code that clients do not see. */
export function meaningOf(code: ErrorCode): { readonly status: number; readonly detail: string } {
  const [status, detail] = MEANING_OF.get(code) ?? MEANINGS.internal;
  return { status, detail };
}

/** The answer for a code (RFC 9457). Its sentence is constant: nothing of the request is echoed. */
export function problem(code: ErrorCode, options: ProblemOptions = {}): Answer {
  const known = MEANING_OF.get(code);
  if (known === undefined) return problem('internal', options);
  const [status, detail] = known;
  const body: ProblemBody = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail,
    errors: (options.faults ?? []).slice(0, FAULTS_MAX).map(({ pointer, code }) => ({ pointer, code })),
  };
  return {
    status,
    headers: {
      'content-type': PROBLEM_TYPE,
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="alder"' } : {}),
      ...(status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}),
      ...options.headers,
    },
    body: JSON.stringify({ ...body, ...options.members }),
  };
}

/** The answer for a thrown error; `internal` for one that is no AlderError. */
export function problemOf(error: unknown): Answer {
  return problem(error instanceof AlderError ? error.code : 'internal');
}

/**
 * The codes of all errors. A released code never changes, since clients, alarms and tests match on it. There are three
 * kinds: a bad row or request is refused and the stream continues; a failing neighbour is retried within a bound and then
 * its error surfaces; a broken invariant stops the process.
 */

/** Why a row was rejected; the reason code that travels with the rejected row. */
export const ROW_FAULTS = [
  'null-value',
  'empty-value',
  'too-large',
  'unsupported-encoding',
  'invalid-json',
  'invalid-utf8',
  'duplicate-key',
  'forbidden-key',
  'too-deep',
  'too-many-fields',
  'not-an-object',
  'unknown-key',
  'missing-data',
  'data-type',
  'feature-count',
  'missing-feature',
  'unknown-feature',
  'feature-type',
  'non-finite',
  'missing-label',
  'label-type',
  'unknown-class',
] as const;
export type RowFault = (typeof ROW_FAULTS)[number];

/** Why an HTTP request was refused; a body with a bad row is refused with the code of the row. */
export const REQUEST_FAULTS = [
  'bad-request',
  'invalid-path',
  'unknown-query',
  'invalid-query',
  'header-fields',
  'request-timeout',
  'body-too-large',
  'unsupported-media-type',
  'empty-rows',
  'too-many-rows',
  'not-found',
  'method-not-allowed',
  'unknown-model',
  'unknown-version',
  'unknown-alias',
  'retired-version',
  'model-not-loaded',
  'no-rows',
  'no-fitted-row',
  'no-trainer',
  'too-many-waiters',
  'unauthorized',
  'forbidden-host',
  'forbidden-proxy',
  'cross-site',
  'invalid-header',
  'precondition-required',
  'precondition-failed',
  'field-invalid',
  'alias-name',
  'export-too-large',
  'tensor-inputs',
  'tensor-datatype',
  'tensor-shape',
  'tensor-output',
  'too-many-aliases',
  'nothing-before',
  'outcome-unknown',
  'internal',
] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];

/** Why a role, a command or an adapter failed. */
export const OPERATING_FAULTS = [
  'setting-invalid',
  'settings-incomplete',
  'usage',
  'port-taken',
  'file-unreadable',
  'file-unwritable',
  'schema-invalid',
  'csv-invalid',
  'resume-impossible',
  'schema-differs',
  'holdout-differs',
  'window-too-large',
  'log-unavailable',
  'log-failed',
  'log-closed',
  'log-forbidden',
  'log-replaced',
  'log-range-gone',
  'log-damaged',
  'batch-too-large',
  'breaker-open',
  'registry-regressed',
  'offset-too-large',
  'topic-missing',
  'topic-compacted',
  'codec-missing',
  'append-refused',
  'rejected-append-refused',
  'data-folder',
  'registry-unavailable',
  'registry-closed',
  'registry-forbidden',
  'registry-evicts',
  'record-invalid',
  'tree-invalid',
  'tree-too-large',
  'digest-mismatch',
  'replay-differs',
  'fit-failed',
  'export-format',
  'import-invalid',
  'invariant',
] as const;
export type OperatingFault = (typeof OPERATING_FAULTS)[number];

export type ErrorCode = RowFault | RequestFault | OperatingFault;

/** The codes after which the same call may succeed later without a change by anybody. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'log-unavailable',
  'registry-unavailable',
  'model-not-loaded',
  'no-trainer',
  'too-many-waiters',
  'outcome-unknown',
]);

/** True when the same call may succeed later without a change by anybody. */
export function isRetryable(code: ErrorCode): boolean {
  return RETRYABLE.has(code);
}

/** The facts of an error, for logs and JSON: names and numbers, never values of rows and never secrets. */
type ErrorFields = Readonly<Record<string, string | number>>;

interface AlderErrorOptions {
  /** The next step, as one sentence for a person. */
  readonly hint?: string;
  readonly cause?: unknown;
  readonly fields?: ErrorFields;
}

/** The one error class: a code to match on, a message for a person, and the facts behind the message. */
export class AlderError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly fields: ErrorFields;

  constructor(code: ErrorCode, message: string, options: AlderErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AlderError';
    this.code = code;
    this.hint = options.hint;
    this.fields = options.fields ?? {};
  }

  get canRetry(): boolean {
    return isRetryable(this.code);
  }
}

/** True for an AlderError, with one of the given codes when any are named. */
export function isAlderError(error: unknown, ...codes: ErrorCode[]): error is AlderError {
  return error instanceof AlderError && (codes.length === 0 || codes.includes(error.code));
}

/** Throws `invariant` for a broken promise of our own code; never used to check input from outside. */
export function invariant(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new AlderError('invariant', `broken invariant: ${promise}`);
}

import type { ProblemBody } from '../../../shared/api/operation';
import type { PredictionAnswer } from '../../../shared/api/predictions';

export interface Answered {
  readonly kind: 'answered';
  readonly answer: PredictionAnswer;
  /** When the newest row of the version arrived, RFC 3339; null when the server does not know. */
  readonly newestRowAt: string | null;
  /** When the server answered, by its own clock, milliseconds; NaN when it sent no date. */
  readonly answeredAtMs: number;
}

export interface Refused {
  readonly kind: 'refused';
  readonly code: string;
  readonly detail: string;
  /** Feature → its error in words. */
  readonly fieldErrors: Readonly<Record<string, string>>;
}

/** The decision path of one row: the numbers of the nodes from the root to a leaf, in the tree of one version. */
export interface DecisionPath {
  readonly version: number;
  readonly nodes: readonly number[];
}

/** The request's path, relative to the page. `selector` is a version number or an alias; the answer has the decision path. */
export function servePath(model: string, selector: string): string {
  return `models/serve/${encodeURIComponent(model)}/${encodeURIComponent(selector)}?explain=true`;
}

/** Never throws; an unreachable server gives a refusal with the code `unreachable`. */
export async function askPrediction(path: string, body: string): Promise<Answered | Refused> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
    });
    const document: unknown = await response.json();
    if (!response.ok) return refusedOf(document as ProblemBody);
    return {
      kind: 'answered',
      answer: document as PredictionAnswer,
      newestRowAt: response.headers.get('alder-newest-row'),
      // The server's date and not the browser's, since both times must come from one clock.
      answeredAtMs: Date.parse(response.headers.get('date') ?? ''),
    };
  } catch {
    return { kind: 'refused', code: 'unreachable', detail: 'The server did not answer.', fieldErrors: {} };
  }
}

function refusedOf({ code, detail, errors }: ProblemBody): Refused {
  const fieldErrors: Record<string, string> = {};
  for (const error of errors) {
    const fieldError = fieldErrorOf(error);
    if (fieldError !== null) fieldErrors[fieldError.field] = fieldError.words;
  }
  return { kind: 'refused', code, detail, fieldErrors };
}

/** The error codes that a value in the form can cause, in words that fit below a field. */
const FIELD_ERRORS: Readonly<Record<string, string>> = {
  'missing-feature': 'a value is missing',
  'feature-type': 'this is not a number',
  'non-finite': 'this number is too large',
  'unknown-feature': 'this version has no such feature',
};

export interface FieldError {
  readonly field: string;
  readonly words: string;
}

/** The error of the field that a JSON pointer (RFC 6901) such as `/data/petal_length` names; null for an error of the whole body. */
export function fieldErrorOf(error: { readonly pointer: string; readonly code: string }): FieldError | null {
  const [, first, field, ...more] = error.pointer.split('/');
  if (first !== 'data' || field === undefined || more.length > 0) return null;
  const name = field.replaceAll('~1', '/').replaceAll('~0', '~');
  return { field: name, words: FIELD_ERRORS[error.code] ?? error.code };
}

type Step = NonNullable<PredictionAnswer['path']>[number];

export interface StepWords {
  readonly node: number;
  /** `petal_length 1.4 ≤ 2.45` or `> 2.45`; null at the leaf. */
  readonly comparison: string | null;
  readonly side: 'left' | 'right' | null;
  /** The fitted rows at the node: `38 setosa, 39 versicolor`. */
  readonly rows: string;
}

/** A step of the decision path in words. */
export function stepInWords(step: Step): StepWords {
  const counts = Object.entries(step.rows).flatMap(([name, count]) =>
    count > 0 ? [`${count} ${name}`] : [],
  );
  const rows = counts.join(', ');
  if (!('feature' in step)) return { node: step.node, comparison: null, side: null, rows };
  const sign = step.side === 'left' ? '≤' : '>';
  return {
    node: step.node,
    comparison: `${step.feature} ${step.value} ${sign} ${step.threshold}`,
    side: step.side,
    rows,
  };
}

/** The same request as a curl command; `body` and `url` are quoted for a POSIX shell. */
export function curlCommand(url: string, body: string): string {
  return `curl -H 'Content-Type: application/json' \\\n  -d ${quoted(body)} \\\n  ${quoted(url)}`;
}

/** Within single quotes only the quote itself has a meaning for the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

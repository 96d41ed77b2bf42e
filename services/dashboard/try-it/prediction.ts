import type { PredictionAnswer } from '../../../shared/api/answers';
import type { ProblemBody } from '../../../shared/api/problem-body';

export interface Answered {
  readonly kind: 'answered';
  readonly answer: PredictionAnswer;
  /** RFC 3339; null when the server does not know. */
  readonly newestRowAt: string | null;
  /** The moment of the answer by the server's clock, milliseconds; NaN without one. */
  readonly answeredAtMs: number;
}

export interface Refused {
  readonly kind: 'refused';
  readonly code: string;
  readonly detail: string;
  /** Feature → what is wrong with it, in words. */
  readonly faults: Readonly<Record<string, string>>;
}

/** The path of the request, relative to the page: a version's number or an alias, with the decision path asked for. */
export function servePath(model: string, selector: string): string {
  return `models/serve/${encodeURIComponent(model)}/${encodeURIComponent(selector)}?explain=true`;
}

/** Never throws: a server that cannot be reached is a refusal with the code `unreachable`. */
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
      // Two stamps of one clock: the browser's own may be wrong.
      answeredAtMs: Date.parse(response.headers.get('date') ?? ''),
    };
  } catch {
    return { kind: 'refused', code: 'unreachable', detail: 'The server did not answer.', faults: {} };
  }
}

function refusedOf({ code, detail, errors }: ProblemBody): Refused {
  const faults: Record<string, string> = {};
  for (const fault of errors) {
    const told = faultOfField(fault);
    if (told !== null) faults[told.field] = told.words;
  }
  return { kind: 'refused', code, detail, faults };
}

/** Codes that the form can bring about, in words that fit below a field. */
const WORDS: Readonly<Record<string, string>> = {
  'missing-feature': 'a value is missing here',
  'feature-type': 'this is not a number',
  'non-finite': 'this number is too large',
  'unknown-feature': 'this version does not know the feature',
};

export interface FieldFault {
  readonly field: string;
  readonly words: string;
}

/** The field that a JSON pointer (RFC 6901) such as `/data/petal_length` names; null for a fault of the whole body. */
export function faultOfField(fault: { readonly pointer: string; readonly code: string }): FieldFault | null {
  const [, first, field, ...more] = fault.pointer.split('/');
  if (first !== 'data' || field === undefined || more.length > 0) return null;
  const name = field.replaceAll('~1', '/').replaceAll('~0', '~');
  return { field: name, words: WORDS[fault.code] ?? fault.code };
}

type Step = NonNullable<PredictionAnswer['path']>[number];

export interface StepWords {
  readonly node: number;
  /** `petal_length 1.4 ≤ 2.45` or `> 2.45`; null at the leaf. */
  readonly question: string | null;
  readonly side: 'left' | 'right' | null;
  /** `38 setosa, 39 versicolor`: the fitted rows at the node. */
  readonly rows: string;
}

/** A step of the decision path in words. */
export function wordsOf(step: Step): StepWords {
  const told = Object.entries(step.rows).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  const rows = told.join(', ');
  if (!('feature' in step)) return { node: step.node, question: null, side: null, rows };
  const sign = step.side === 'left' ? '≤' : '>';
  return {
    node: step.node,
    question: `${step.feature} ${step.value} ${sign} ${step.threshold}`,
    side: step.side,
    rows,
  };
}

/** The same call for a terminal; `body` and `url` are quoted for a POSIX shell. */
export function curlCommand(url: string, body: string): string {
  return `curl -H 'Content-Type: application/json' \\\n  -d ${quoted(body)} \\\n  ${quoted(url)}`;
}

/** Within single quotes a shell reads everything as it stands, but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The way of one row through the tree of one version: node numbers from the root to a leaf. */
export interface LitPath {
  readonly version: number;
  readonly nodes: readonly number[];
}

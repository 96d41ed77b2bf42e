import type { ProblemBody } from '../../../shared/api/operation';
import type { PredictionAnswer } from '../../../shared/api/predictions';
import { faultOfField } from './field-faults';

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

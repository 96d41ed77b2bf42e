import type { Answer } from '../../../shared/http/answer';
import { errorAnswer } from '../server/error-answer';
import type { Route, ServingContext } from '../server/serving-context';

/** Clients of the protocol show a problem by its member `error`, so those of its routes have one. */
export function withProtocolErrors({ log }: ServingContext, route: Route): Route {
  return async (...asked) => {
    const answer = await Promise.resolve()
      .then(() => route(...asked))
      .catch((error: unknown) => errorAnswer(error, log));
    return answer === null || answer.status < 400 ? answer : told(answer);
  };
}

function told(answer: Answer<string | Uint8Array>): Answer {
  const body = JSON.parse(String(answer.body)) as { readonly detail: string };
  return { ...answer, body: JSON.stringify({ ...body, error: body.detail }) };
}
